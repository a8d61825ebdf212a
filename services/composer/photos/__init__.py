"""From a shop's photo to a product that ads can show: decoded, cut out of its ground or framed, and measured."""
