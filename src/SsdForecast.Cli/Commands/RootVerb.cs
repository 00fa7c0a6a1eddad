using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using SsdForecast.Cli.Hosting;

namespace SsdForecast.Cli.Commands;

/// <summary>The program: every verb, and what happens to errors.</summary>
internal static class RootVerb
{
    /// <summary>Runs a command line.</summary>
    public static int Run(IReadOnlyList<string> args, CommandHost host)
    {
        host.Arguments = args;
        var root = Create(host);
        var parse = root.Parse(args);
        if (parse.Action is ParseErrorAction || (parse.Errors.Count > 0 && parse.Action is null)) return Complain(parse, host);
        try
        {
            return parse.Invoke(new InvocationConfiguration { Output = host.Out, Error = host.Error, EnableDefaultExceptionHandler = false });
        }
        catch (Exception e)
        {
            return Failures.Report(e, host.Error);
        }
        finally
        {
            host.Out.Flush();
            host.Error.Flush();
        }
    }

    /// <summary>The verbs under their headings, in the order of the help.</summary>
    public static IReadOnlyList<(string Heading, IReadOnlyList<Verb> Verbs)> Verbs(CommandHost host) =>
    [
        ("Forecast", [FitCommand.Create(host), ForecastCommand.Create(host), BacktestCommand.Create(host), ReportCommand.Create(host), StreamCommand.Create(host)]),
        ("Try and check", [DemoCommand.Create(host), DatasetsCommand.Create(host), DoctorCommand.Create(host), VerifyCommand.Create(host), InspectCommand.Create(host), BenchmarkCommand.Create(host)]),
        ("Take elsewhere", [BundleCommand.Create(host)]),
    ];

    private static RootCommand Create(CommandHost host)
    {
        var root = new RootCommand("Time-series forecasting with state-space duality: fit a model on a CSV file, forecast, draw a report, stream.");
        var groups = Verbs(host);
        foreach (var verb in groups.SelectMany(g => g.Verbs)) root.Add(verb);
        foreach (var help in root.Options.OfType<HelpOption>()) help.Action = new HelpPage(host, groups);
        root.SetAction(_ =>
        {
            HelpPage.WriteRoot(host, groups);
            return ExitCodes.Good;
        });
        return root;
    }

    private static int Complain(ParseResult parse, CommandHost host)
    {
        var verb = string.Concat(parse.CommandResult.Command.Parents.OfType<Verb>().Reverse().Append(parse.CommandResult.Command as Verb).OfType<Verb>().Select(v => v.Name + " "));
        var problem = ParseProblem.Explain(parse);
        host.Error.WriteLine($"ssdf: {problem}; see 'ssdf {verb}--help'");
        return ExitCodes.Usage;
    }
}
