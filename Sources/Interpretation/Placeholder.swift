// Interpretation
