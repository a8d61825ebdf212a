"""What Feast knows of: entities, views, push sources, and a feature service for each version of a model.

`feast apply` in this folder registers it (ADLOOM_REDIS and ADLOOM_HOME must be set); the processes use the same
definitions without a registry, because neither the hot write nor the hot read needs one.
"""
