"""Where pictures are kept, and which of them nothing names any more; `services.assets.picture_store` is the door."""
