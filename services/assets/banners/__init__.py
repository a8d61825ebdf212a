"""Ads that others made: finished banners, from files and sheets to creatives."""
