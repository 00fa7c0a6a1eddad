namespace SsdForecast.Cli.Diagnostics;

/// <summary>One thing that was looked for.</summary>
/// <param name="What">What.</param>
/// <param name="Found">Whether it is there.</param>
/// <param name="Detail">Which, or what works without it and how to get it.</param>
internal sealed record Finding(string What, bool Found, string Detail);
