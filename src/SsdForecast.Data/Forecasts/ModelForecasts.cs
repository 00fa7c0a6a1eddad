namespace SsdForecast.Data;

/// <summary>What one model forecast, with what then happened.</summary>
/// <param name="Model">The name of the model, as readers should see it.</param>
/// <param name="Forecasts">
/// Its forecasts, by series and origin; <see cref="ForecastVersusActual.Actual"/> is NaN where nothing was observed yet, everywhere for a forecast of the future.
/// </param>
public sealed record ModelForecasts(string Model, IReadOnlyList<ForecastVersusActual> Forecasts);
