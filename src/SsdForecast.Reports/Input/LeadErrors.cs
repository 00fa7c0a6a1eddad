using SsdForecast.Data;

namespace SsdForecast.Reports;

/// <summary>The mean absolute error of a model at each lead time.</summary>
/// <param name="Model">The name of the model, as in <see cref="ModelForecasts.Model"/>.</param>
/// <param name="Errors">Errors, lead time 1 first; NaN where nothing was observed.</param>
public sealed record LeadErrors(string Model, IReadOnlyList<double> Errors);
