"""One file per format, each with ``write(assessment, page)``; a writer computes no outcome.

Formats are found by the names of these modules; those with a leading underscore are shared parts.
"""
