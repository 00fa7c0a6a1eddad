namespace SsdForecast.Reports;

/// <summary>A line of a summary: what, and its value.</summary>
/// <param name="Label">What, such as <c>Parameters</c>.</param>
/// <param name="Value">Its value, ready to read, such as <c>61,440</c>.</param>
public sealed record Fact(string Label, string Value);
