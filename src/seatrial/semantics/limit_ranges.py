"""What a LimitRange gives to containers that say nothing."""

from seatrial.wire.policy import LimitRangeItem


def default_limits(item: LimitRangeItem) -> frozenset[str]:
    """The resources that it gives containers a limit of: a maximum is a default limit too, as the API server has it."""
    return frozenset({*item.default, *item.max}) if item.type == "Container" else frozenset()


def default_requests(item: LimitRangeItem) -> frozenset[str]:
    """The resources that it gives containers a request of: a default limit, or a minimum, is a default request too."""
    if item.type != "Container":
        return frozenset()
    return frozenset({*item.default_request, *default_limits(item), *item.min})
