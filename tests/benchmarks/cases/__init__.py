"""One module an algorithm: ``CASE`` says on which data it is measured against scikit-learn, and the aim."""
