using System.CommandLine;
using SsdForecast.Cli.Hosting;
using SsdForecast.Cli.Inspection;
using SsdForecast.Cli.Settings;

namespace SsdForecast.Cli.Commands;

/// <summary><c>ssdf inspect</c>.</summary>
internal static class InspectCommand
{
    public static Verb Create(CommandHost host)
    {
        var verb = new Verb("inspect", "look into a model: what each head remembers, for how long, and how much of its state it uses")
        {
            Notes = """
                A causal model is run over the last rows of a series. Memory: steps until less than 1/e is kept. Mean lag: how far the mixing matrix looks back.
                Order: Hankel singular values above 1 % of the largest. Dual: the least width of masked attention that equals the head there.
                """,
        };
        var model = verb.Takes<string>("MODEL", "the folder that 'ssdf fit' has written");
        var data = verb.Takes<string>("DATA", "a CSV file with the columns of the training file; without it, that file, if it lies near and is unchanged", optional: true);
        var output = verb.Has<string>("--out", "write the pictures: one HTML file, without scripts or links outside", "FILE");
        var series = verb.Has<string>("--series", "the series to run over [the first]", "NAME");
        var window = verb.Has<int?>("--window", "rows to run over, 8 to 4096 [256]", "T");
        var json = verb.Has<bool>("--json", "print every number as JSON");
        var columns = verb.Has("Columns of the file", SettingTable.Columns);
        verb.Example("ssdf inspect model demand.csv --out inspect.html", "decay, memory, order and mixing matrix of every head")
            .Example("ssdf inspect model demand.csv --series north --window 672 --json", "the numbers of four weeks of one series");

        verb.SetAction(parse => InspectRun.Execute(host, new InspectRequest(
            parse.GetValue(model)!,
            parse.GetValue(data),
            parse.GetValue(output),
            parse.GetValue(series),
            parse.GetValue(window),
            columns.Read(parse),
            parse.GetValue(json))));
        return verb;
    }
}
