using YamlDotNet.Core;
using YamlDotNet.Serialization;
using YamlDotNet.Serialization.NamingConventions;

namespace SsdForecast.Data;

/// <summary>The data sets that are shipped or can be fetched by name: <c>datasets/catalogue.yaml</c>.</summary>
public sealed class Catalogue
{
    private readonly string _folder;

    private Catalogue(string folder, IReadOnlyList<CatalogueEntry> entries)
    {
        _folder = folder;
        Entries = entries;
    }

    /// <summary>The data sets, those that are shipped first.</summary>
    public IReadOnlyList<CatalogueEntry> Entries { get; }

    /// <summary>The data set named <paramref name="name"/>, case ignored.</summary>
    /// <exception cref="DataException">There is none; the message names one that is near.</exception>
    public CatalogueEntry this[string name] =>
        Entries.FirstOrDefault(e => e.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
        ?? throw new DataException($"there is no data set '{OneLine.Short(name)}' in the catalogue{(NearestName.Of(name, Entries.Select(e => e.Name)) is { } near ? $"; the nearest is '{near}'" : "")}. List them with: ssdf datasets list.");

    /// <summary>The catalogue that lies in the folder <c>datasets</c> beside the program.</summary>
    /// <exception cref="DataException">It is not there.</exception>
    public static Catalogue Shipped() => Read(Path.Combine(AppContext.BaseDirectory, "datasets", "catalogue.yaml"));

    /// <summary>Reads a catalogue; unknown keys are refused.</summary>
    /// <exception cref="DataException">The file is missing or malformed.</exception>
    public static Catalogue Read(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (!File.Exists(path)) throw new UnreadableFileException("there is no such catalogue. Check the path.", path);
        CatalogueEntry[] entries;
        try
        {
            entries = new DeserializerBuilder().WithNamingConvention(UnderscoredNamingConvention.Instance)
                .WithEnumNamingConvention(UnderscoredNamingConvention.Instance)
                .Build()
                .Deserialize<CatalogueEntry[]>(File.ReadAllText(path)) ?? [];
        }
        catch (YamlException e)
        {
            throw new DataException($"{(e.InnerException ?? e).Message.TrimEnd('.')}. Fix the catalogue.", path, e.Start.Line, inner: e);
        }

        Check(path, entries);
        return new Catalogue(Path.GetDirectoryName(Path.GetFullPath(path))!, [.. entries.OrderBy(e => !e.Shipped)]);
    }

    /// <summary>The path of a shipped data set.</summary>
    /// <exception cref="DataException">It is not in the catalogue, or not shipped.</exception>
    public string FileOf(string name)
    {
        var entry = this[name];
        return entry.Shipped
            ? Path.Combine(_folder, entry.Files[0].File)
            : throw new DataException($"data set '{entry.Name}' is not shipped. Fetch it with: ssdf datasets get {entry.Name}.");
    }

    private static void Check(string path, CatalogueEntry[] entries)
    {
        foreach (var entry in entries)
        {
            if (entry.Name.Length == 0) throw new DataException("a data set has no name. Name it.", path);
            if (entry.Files.Length == 0) throw new DataException($"data set '{entry.Name}' has no files. Name at least one.", path);
            foreach (var file in entry.Files)
            {
                if (file.File.Length == 0 || Path.GetFileName(file.File) != file.File)
                    throw new DataException($"data set '{entry.Name}': '{OneLine.Short(file.File)}' is not the bare name of a file.", path);
                if (!entry.Shipped && file.Address is null)
                    throw new DataException($"data set '{entry.Name}': file '{file.File}' has no address.", path);
            }
        }

        var twice = entries.GroupBy(e => e.Name, StringComparer.OrdinalIgnoreCase).FirstOrDefault(g => g.Count() > 1);
        if (twice is not null) throw new DuplicateException($"data set '{twice.Key}' is listed twice. Remove one.", path);
    }
}
