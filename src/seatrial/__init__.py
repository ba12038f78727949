"""Seatrial: the sea trial of a Kubernetes platform."""
