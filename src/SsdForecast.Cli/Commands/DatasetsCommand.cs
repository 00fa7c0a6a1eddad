using System.CommandLine;
using SsdForecast.Cli.Hosting;
using SsdForecast.Cli.Output;
using SsdForecast.Data;

namespace SsdForecast.Cli.Commands;

/// <summary><c>ssdf datasets</c>.</summary>
internal static class DatasetsCommand
{
    public static Verb Create(CommandHost host)
    {
        var verb = new Verb("datasets", "the data sets that are shipped, and the standard public ones by name");
        verb.Example("ssdf datasets list", "what there is, with horizon, split and licence")
            .Example("ssdf datasets get etth1 --out data", "fetch one from where it was published");
        verb.Add(List(host));
        verb.Add(Get(host));
        return verb;
    }

    private static Verb List(CommandHost host)
    {
        var verb = new Verb("list", "name every data set of the catalogue");
        var json = verb.Has<bool>("--json", "print the catalogue as JSON");
        verb.SetAction(parse =>
        {
            var catalogue = Catalogue.Shipped();
            if (parse.GetValue(json))
            {
                ResultJson.Write(host.Out, catalogue.Entries);
                return ExitCodes.Good;
            }
            var table = new TextTable("name", "what", "step", "series", "horizons", "split", "licence");
            foreach (var e in catalogue.Entries)
                table.Add(e.Name, e.Shipped ? $"{e.Title} (shipped)" : e.Title, e.Frequency, Numbers.Count(e.Series), string.Join(", ", e.Horizons), e.Split, e.Licence);
            table.Write(host);
            return ExitCodes.Good;
        });
        return verb;
    }

    private static Verb Get(CommandHost host)
    {
        var verb = new Verb("get", "fetch a data set, checked against its SHA-256; a shipped one is copied");
        var name = verb.Takes<string>("NAME", "a name that 'ssdf datasets list' shows");
        var output = verb.Has<string>("--out", "folder for data sets, each in a folder of its own [data]", "DIR");
        verb.SetAction(parse =>
        {
            var catalogue = Catalogue.Shipped();
            var wanted = parse.GetValue(name)!;
            var entry = catalogue.Entries.FirstOrDefault(e => e.Name.Equals(wanted, StringComparison.OrdinalIgnoreCase))
                ?? throw CommandException.Usage(wanted, "no such data set; " + (NearestName.Of(wanted, catalogue.Entries.Select(e => e.Name)) is { } near ? $"did you mean '{near}'? " : "") + "'ssdf datasets list' shows all");
            foreach (var path in Fetch(host, catalogue, entry, parse.GetValue(output) ?? "data")) host.Out.WriteLine(path);
            host.Note($"licence: {entry.Licence}; published at {entry.Source}");
            return ExitCodes.Good;
        });
        return verb;
    }

    private static IReadOnlyList<string> Fetch(CommandHost host, Catalogue catalogue, CatalogueEntry entry, string folder)
    {
        using var client = new HttpClient();
        var downloader = new DatasetDownloader(client, folder);
        if (entry.Shipped)
        {
            var source = catalogue.FileOf(entry.Name);
            var target = downloader.PathOf(entry, entry.Files[0]);
            AtomicFile.Write(target, stream =>
            {
                using var shipped = File.OpenRead(source);
                shipped.CopyTo(stream);
            });
            return [target];
        }
        var progress = host.DrawsProgress ? new DownloadLine(host.Error) : null;
        try
        {
            return downloader.GetAsync(entry, progress, host.StopRequests()).GetAwaiter().GetResult();
        }
        catch (OperationCanceledException)
        {
            throw CommandException.Work(entry.Name, "stopped; nothing is left of the file under way");
        }
    }

    /// <summary>One line that counts bytes.</summary>
    private sealed class DownloadLine(TextWriter writer) : IProgress<DownloadProgress>
    {
        private long _last;

        public void Report(DownloadProgress value)
        {
            if (value.Bytes - _last is > 0 and < 1 << 20 && value.Bytes != value.Total) return;
            _last = value.Bytes;
            writer.Write($"\r{value.File}: {value.Bytes / 1048576.0:F1}{(value.Total is { } total ? $" of {total / 1048576.0:F1}" : "")} MB");
            if (value.Bytes == value.Total) writer.WriteLine();
        }
    }
}
