namespace SsdForecast.Data;

/// <summary>Which column of a file plays which part.</summary>
/// <param name="Layout">The layout, no longer <see cref="CsvLayout.Auto"/>.</param>
/// <param name="Id">Index of the column of series names; −1 for none.</param>
/// <param name="Time">Index of the time column; −1 for none.</param>
/// <param name="Targets">Indices of the target columns.</param>
/// <param name="Covariates">Indices of past and then known covariates.</param>
/// <param name="Statics">Indices of static covariates.</param>
/// <param name="TargetsTold">Whether the schema named the targets, so that one without values is an error.</param>
internal sealed record CsvRoles(CsvLayout Layout, int Id, int Time, int[] Targets, int[] Covariates, int[] Statics, bool TargetsTold)
{
    /// <summary>All columns of numbers: targets, covariates, statics.</summary>
    public int[] Numbers { get; } = [.. Targets, .. Covariates, .. Statics];
}
