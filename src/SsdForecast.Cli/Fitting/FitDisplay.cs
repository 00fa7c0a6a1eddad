namespace SsdForecast.Cli.Fitting;

/// <summary>How much a fit tells, and how.</summary>
/// <param name="Quiet">No progress and no report of the file; warnings stay.</param>
/// <param name="Json">Results as JSON.</param>
internal sealed record FitDisplay(bool Quiet = false, bool Json = false);
