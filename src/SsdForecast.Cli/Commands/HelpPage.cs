using System.CommandLine;
using System.CommandLine.Invocation;
using SsdForecast.Cli.Hosting;

namespace SsdForecast.Cli.Commands;

/// <summary>Writes help: what a verb does, how it is called, examples, options in groups.</summary>
internal sealed class HelpPage(CommandHost host, IReadOnlyList<(string Heading, IReadOnlyList<Verb> Verbs)> groups) : SynchronousCommandLineAction
{
    private const int Width = 110;

    public override int Invoke(ParseResult parseResult)
    {
        if (parseResult.CommandResult.Command is Verb verb) WriteVerb(host.Out, verb, [.. parseResult.CommandResult.Command.Parents.OfType<Verb>().Select(p => p.Name)]);
        else WriteRoot(host.Out, groups);
        return ExitCodes.Good;
    }

    public static void WriteRoot(TextWriter writer, IReadOnlyList<(string Heading, IReadOnlyList<Verb> Verbs)> groups)
    {
        writer.WriteLine("ssdf: time-series forecasting with state-space duality.");
        writer.WriteLine("Train a global model on CSV files in parallel; serve it as a recurrence, one row at a time.");
        foreach (var (heading, verbs) in groups)
        {
            writer.WriteLine();
            writer.WriteLine(heading);
            foreach (var verb in verbs) Row(writer, verb.Name, verb.Description ?? "", 12);
            // A verb of the script in a checkout, which alone knows the tests.
            if (verbs.Any(v => v.Name == "demo")) Row(writer, "test", "run every test; by ./ssdf in a checkout", 12);
        }
        writer.WriteLine();
        writer.WriteLine("Start with");
        Row(writer, "ssdf demo", "train on half-hourly demand, compare, draw, stream: three minutes", 58);
        Row(writer, "ssdf fit data.csv --horizon 48 --out model", "fit a model to your series", 58);
        Row(writer, "ssdf forecast model data.csv --out forecast.csv", "forecast what comes after them", 58);
        Row(writer, "ssdf report model --data data.csv --out report.html", "see how good it is", 58);
        writer.WriteLine();
        writer.WriteLine("'ssdf VERB --help' tells more. Exit codes: 0 good, 1 the work failed, 2 the call was wrong.");
    }

    private static void WriteVerb(TextWriter writer, Verb verb, string[] parents)
    {
        var called = string.Join(' ', ["ssdf", .. parents, verb.Name]);
        writer.WriteLine($"{called}: {verb.Description}");
        writer.WriteLine();
        writer.WriteLine("Usage");
        var arguments = verb.Arguments.Select(a => a.Arity.MinimumNumberOfValues == 0 ? $"[{a.Name}]" : a.Arity.MaximumNumberOfValues > 1 ? a.Name + "…" : a.Name);
        var required = verb.Options.Where(o => o.Required).Select(o => $"{o.Name} {o.HelpName}");
        writer.WriteLine("  " + string.Join(' ', [called, .. verb.Subcommands.Count > 0 ? ["WHAT"] : Array.Empty<string>(), .. arguments, .. required, "[options]"]));
        foreach (var argument in verb.Arguments) Row(writer, argument.Name, argument.Description ?? "", 12);
        if (verb.Subcommands.Count > 0)
        {
            writer.WriteLine();
            writer.WriteLine("What");
            foreach (var sub in verb.Subcommands) Row(writer, sub.Name, sub.Description ?? "", 12);
        }
        if (verb.Examples.Count > 0)
        {
            writer.WriteLine();
            writer.WriteLine("Examples");
            foreach (var (line, why) in verb.Examples)
            {
                writer.WriteLine("  " + line);
                writer.WriteLine("      " + why);
            }
        }
        foreach (var (heading, options) in verb.Groups)
        {
            writer.WriteLine();
            writer.WriteLine(heading);
            foreach (var option in options) Row(writer, option.HelpName is { } value ? $"{option.Name} {value}" : option.Name, option.Description ?? "", 28);
        }
        if (verb.Notes.Length == 0) return;
        writer.WriteLine();
        foreach (var line in verb.Notes.Split('\n')) Wrap(writer, "", "", line.TrimEnd());
    }

    /// <summary>A name and its text, the text wrapped beside it.</summary>
    private static void Row(TextWriter writer, string name, string text, int column)
    {
        var indent = new string(' ', column + 2);
        var line = "  " + (name.Length < column ? name.PadRight(column) : name);
        if (name.Length >= column)
        {
            writer.WriteLine(line);
            line = indent;
        }
        Wrap(writer, line, indent, text);
    }

    private static void Wrap(TextWriter writer, string line, string indent, string text)
    {
        foreach (var word in text.Split(' '))
        {
            if (line.Length + word.Length + 1 > Width && line.Trim().Length > 0)
            {
                writer.WriteLine(line.TrimEnd());
                line = indent;
            }
            line += word + " ";
        }
        writer.WriteLine(line.TrimEnd());
    }
}
