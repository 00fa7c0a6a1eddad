using System.CommandLine;
using System.CommandLine.Invocation;
using SsdForecast.Cli.Hosting;

namespace SsdForecast.Cli.Commands;

/// <summary>Writes help: what a verb does, how it is called, examples, options in groups.</summary>
internal sealed class HelpPage(CommandHost host, IReadOnlyList<(string Heading, IReadOnlyList<Verb> Verbs)> groups) : SynchronousCommandLineAction
{
    private const int Widest = 110;
    private const int Narrowest = 60;

    public override int Invoke(ParseResult parseResult)
    {
        if (parseResult.CommandResult.Command is Verb verb) WriteVerb(new HelpText(host.Out, Width(host)), verb, [.. parseResult.CommandResult.Command.Parents.OfType<Verb>().Select(p => p.Name)]);
        else WriteRoot(host, groups);
        return ExitCodes.Good;
    }

    public static void WriteRoot(CommandHost host, IReadOnlyList<(string Heading, IReadOnlyList<Verb> Verbs)> groups)
    {
        var text = new HelpText(host.Out, Width(host));
        text.Paragraph("ssdf: time-series forecasting with state-space duality. Train one model on all series of a CSV file; serve it as a recurrence, one row at a time.");
        foreach (var (heading, verbs) in groups)
        {
            text.Heading(heading);
            foreach (var verb in verbs) text.Row(verb.Name, verb.Description ?? "", 12);
            // A verb of the script in a checkout, which alone knows the tests.
            if (verbs.Any(v => v.Name == "demo")) text.Row("test", "run every test; of ./ssdf in a checkout alone", 12);
        }
        text.Heading("Start with");
        text.Example("ssdf demo", "the whole way on a data set that is shipped: train, compare, draw, stream; a minute or two");
        text.Example("ssdf fit data.csv --horizon 48 --out model", "fit a model to your series");
        text.Example("ssdf forecast model data.csv --out forecast.csv", "forecast what comes after them");
        text.Example("ssdf report model --data data.csv --out report.html", "see how good it is, on rows that it was not trained on");
        text.Line();
        text.Paragraph("'ssdf VERB --help' tells more. Exit codes: 0 good, 1 the work failed, 2 the call was wrong.");
    }

    private static void WriteVerb(HelpText text, Verb verb, string[] parents)
    {
        var called = string.Join(' ', ["ssdf", .. parents, verb.Name]);
        text.Paragraph($"{called}: {verb.Description}");
        text.Heading("Usage");
        foreach (var usage in verb.Usages.Count > 0 ? verb.Usages : [Usage(verb)]) text.Line($"  {called} {usage}");
        foreach (var argument in verb.Arguments) text.Row(argument.Name, argument.Description ?? "", 12);
        if (verb.Subcommands.Count > 0)
        {
            text.Heading("What");
            foreach (var sub in verb.Subcommands) text.Row(sub.Name, sub.Description ?? "", 12);
        }
        if (verb.Examples.Count > 0)
        {
            text.Heading("Examples");
            foreach (var (line, why) in verb.Examples) text.Example(line, why);
        }
        foreach (var (heading, options) in verb.Groups)
        {
            text.Heading(heading);
            foreach (var option in options) text.Row(option.HelpName is { } value ? $"{option.Name} {value}" : option.Name, option.Description ?? "", 28);
        }
        if (verb.Subcommands.Count > 0)
        {
            text.Line();
            text.Paragraph($"'{called} WHAT --help' tells more.");
        }
        if (verb.Notes.Length == 0) return;
        text.Line();
        foreach (var line in verb.Notes.Split('\n')) text.Paragraph(line.TrimEnd());
    }

    private static string Usage(Verb verb)
    {
        var arguments = verb.Arguments.Select(a => a.Arity.MinimumNumberOfValues == 0 ? $"[{a.Name}]" : a.Arity.MaximumNumberOfValues > 1 ? a.Name + "…" : a.Name);
        var required = verb.Options.Where(o => o.Required).Select(o => $"{o.Name} {o.HelpName}");
        return string.Join(' ', [.. verb.Subcommands.Count > 0 ? ["WHAT"] : Array.Empty<string>(), .. arguments, .. required, "[options]"]);
    }

    /// <summary>As wide as the terminal, within limits; elsewhere the widest.</summary>
    private static int Width(CommandHost host)
    {
        if (!host.DrawsOutput) return Widest;
        try
        {
            return Console.WindowWidth > 0 ? Math.Clamp(Console.WindowWidth, Narrowest, Widest) : Widest;
        }
        catch (IOException)
        {
            return Widest;
        }
    }
}
