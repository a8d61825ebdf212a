"""What `make setup` runs, by `python -I -S`: Ctrl-C while this Python still imports ends it at once and quietly."""

import _signal  # type: ignore[import-not-found]  # `signal` itself imports for some milliseconds

if __name__ == "__main__":
    _signal.signal(_signal.SIGINT, _signal.SIG_DFL)
    import sys

    sys.path.insert(0, __file__.rsplit("/", 3)[0] or ".")  # the checkout
    from services.stack import bootstrap

    _signal.signal(_signal.SIGINT, _signal.default_int_handler)
    sys.exit(bootstrap.run())
