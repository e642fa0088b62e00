"""Requests and files of visitors come in; answers of small routes, and what a request may not do, go out."""
