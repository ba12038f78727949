"""The checklist as data: the only place with the wording of items and claims."""
