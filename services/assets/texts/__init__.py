"""The words of ads."""
