"""Series: a curve one draws by hand."""
