"""Numbers as they are put into a calculation."""


def figure(value: float, digits: int = 3) -> str:
    """Return a number with a real minus sign, and no minus before 0."""
    text = f"{value:.{digits}f}"
    return text.lstrip("-") if float(text) == 0 else text.replace("-", "−")


def after_sign(value: float, digits: int = 3) -> str:
    """Return a number that stands behind a + or −: in brackets where it is below 0."""
    text = figure(value, digits)
    return f"({text})" if text.startswith("−") else text
