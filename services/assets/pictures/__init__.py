"""Where pictures are kept, and which of them nothing names any more; start at `picture_store`."""
