namespace SsdForecast.Cli.Serving;

/// <summary>A line that holds no event. The message is one line, without the place.</summary>
internal sealed class BadEventException(string problem) : Exception(problem);
