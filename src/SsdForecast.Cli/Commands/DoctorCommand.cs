using System.CommandLine;
using SsdForecast.Cli.Diagnostics;
using SsdForecast.Cli.Hosting;

namespace SsdForecast.Cli.Commands;

/// <summary><c>ssdf doctor</c>.</summary>
internal static class DoctorCommand
{
    public static Verb Create(CommandHost host)
    {
        var verb = new Verb("doctor", "what this machine has: .NET, CPU features, libtorch, CUDA, PNG")
        {
            Notes = "A line that says 'missing' says what works without it, and how to get it. The exit code is 0 whatever is found.",
        };
        var json = verb.Has<bool>("--json", "print the findings as JSON");
        verb.Example("ssdf doctor", "before asking why something is slow, or not there");
        verb.SetAction(parse => Doctor.Execute(host, parse.GetValue(json)));
        return verb;
    }
}
