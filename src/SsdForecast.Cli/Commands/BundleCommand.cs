using System.CommandLine;
using SsdForecast.Cli.Bundling;
using SsdForecast.Cli.Hosting;

namespace SsdForecast.Cli.Commands;

/// <summary><c>ssdf bundle</c>.</summary>
internal static class BundleCommand
{
    public static Verb Create(CommandHost host)
    {
        var verb = new Verb("bundle", "everything in one folder, for a GPU host with PyTorch and neither .NET nor a network")
        {
            Notes = """
                The folder holds the program, the .NET runtime that runs this command, the source of the bridge to libtorch, data sets, configurations and a launcher 'ssdf'.
                On the host, the first call builds the bridge with g++ against the PyTorch that python3 finds (or $LIBTORCH).
                An archive is made by the tar of this machine.
                """,
        };
        var output = verb.Takes<string>("OUT", "the folder to make, or an archive: NAME.tar.xz or NAME.tar.gz");
        var json = verb.Has<bool>("--json", "print what was written as JSON");
        verb.Example("ssdf bundle ssdf-bundle.tar.xz", "then, on the host: tar xf ssdf-bundle.tar.xz && ssdf-bundle/ssdf doctor");
        verb.SetAction(parse => BundleRun.Execute(host, parse.GetValue(output)!, parse.GetValue(json)));
        return verb;
    }
}
