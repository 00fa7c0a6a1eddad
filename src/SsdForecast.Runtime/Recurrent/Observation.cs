namespace SsdForecast.Runtime;

/// <summary>One event of a series.</summary>
/// <param name="Time">When the value was observed, on the clock of the training data. Not read by a model without timestamps.</param>
/// <param name="Value">The value in raw units; NaN where it is missing.</param>
/// <param name="PastCovariates">Past covariates at <paramref name="Time"/> in raw units, one each in the order of <see cref="Preprocessor.PastCovariates"/>; NaN missing.</param>
/// <param name="KnownCovariates">
/// Known covariates of the next <c>H</c> positions in raw units, lead time major: <c>lead · n_known + covariate</c>; NaN missing, also beyond the
/// data.
/// </param>
/// <param name="StaticCovariates">Static covariates in raw units; empty leaves those that the state has.</param>
public readonly record struct Observation(
    DateTime Time,
    double Value,
    ReadOnlyMemory<double> PastCovariates = default,
    ReadOnlyMemory<double> KnownCovariates = default,
    ReadOnlyMemory<double> StaticCovariates = default);
