using System.CommandLine;
using System.CommandLine.Parsing;
using SsdForecast.Data;

namespace SsdForecast.Cli.Commands;

/// <summary>Says what is wrong with a command line in one line.</summary>
internal static class ParseProblem
{
    public static string Explain(ParseResult parse)
    {
        var command = parse.CommandResult.Command;
        // An unknown option is the cause of whatever else is missing.
        if (parse.UnmatchedTokens.FirstOrDefault(t => t.StartsWith("--", StringComparison.Ordinal)) is { } option)
            return $"unknown option {option}{Nearest(option, command.Options.Where(o => !o.Hidden).SelectMany(o => o.Aliases.Prepend(o.Name)))}";
        if (command is RootCommand && parse.UnmatchedTokens is [var verb, ..])
            return $"unknown verb '{verb}'{Nearest(verb, command.Subcommands.Select(c => c.Name))}";
        if (parse.UnmatchedTokens is [var extra, ..])
            return command.Subcommands.Count > 0 ? $"unknown '{command.Name} {extra}'{Nearest(extra, command.Subcommands.Select(c => c.Name))}" : $"one argument too many: '{extra}'";
        if (command.Subcommands.Count > 0 && command is Verb) return $"missing WHAT: one of {string.Join(", ", command.Subcommands.Select(c => c.Name))}";
        foreach (var missing in command.Arguments.Where(a => a.Arity.MinimumNumberOfValues > 0))
        {
            if (parse.GetResult(missing) is { Tokens.Count: > 0 }) continue;
            var taker = parse.CommandResult.Children.OfType<OptionResult>().FirstOrDefault(o => o.Option.HelpName is { } value && value.StartsWith('[') && o.Tokens.Count > 0);
            return $"missing {missing.Name}: " + (taker is null ? missing.Description : $"{taker.Option.Name} took '{taker.Tokens[0].Value}' as its value; put {missing.Name} first");
        }

        foreach (var required in command.Options.Where(o => o.Required))
            if (parse.GetResult(required) is not { Tokens.Count: > 0 }) return $"missing {required.Name} {required.HelpName}: {required.Description}";
        var error = parse.Errors[0];
        if (error.SymbolResult is OptionResult { Tokens: [{ Value: var given }, ..] } wrong && What(wrong.Option.ValueType) is { } what) return $"{wrong.Option.Name}: '{given}' is not {what}";
        return (error.SymbolResult is OptionResult result ? $"{result.Option.Name}: " : "") + error.Message.ReplaceLineEndings(" ").TrimEnd('.');
    }

    private static string? What(Type type) => Type.GetTypeCode(Nullable.GetUnderlyingType(type) ?? type) switch
    {
        TypeCode.Int32 or TypeCode.Int64 => "a whole number in range",
        TypeCode.Double => "a number",
        TypeCode.Boolean => "true or false; the option needs no value",
        _ => null,
    };

    // The dashes that all options have would make short names look alike.
    private static string Nearest(string text, IEnumerable<string> candidates)
    {
        var dashes = text.StartsWith("--", StringComparison.Ordinal) ? "--" : "";
        var names = candidates.Where(c => c.StartsWith("--", StringComparison.Ordinal) == (dashes.Length > 0)).Select(c => c[dashes.Length..]);
        return NearestName.Of(text[dashes.Length..], names) is { } near ? $", did you mean '{dashes}{near}'?" : "";
    }
}
