using System.CommandLine;

namespace SsdForecast.Cli.Commands;

/// <summary>An option that may be given by itself or with a number.</summary>
internal sealed class OptionalValue(Option<string?> option)
{
    /// <summary>Null where it was not given, empty where it was given by itself, else what stood behind it.</summary>
    public string? Read(ParseResult parse) => parse.GetResult(option) is null ? null : parse.GetValue(option) ?? "";
}
