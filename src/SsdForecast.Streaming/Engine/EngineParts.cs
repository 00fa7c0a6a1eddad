using SsdForecast.Runtime;

namespace SsdForecast.Streaming;

/// <summary>What the shards of an engine share.</summary>
internal sealed class EngineParts
{
    private const int MostIdLength = 1024;

    private long _savedPosition;

    public EngineParts(RecurrentModel model, StreamingOptions options, IStateStore? store)
    {
        (Model, Options, Store) = (model, options, store);
        Advance = new SingleSteps(model);
        var at = model.StateLength;
        var parts = new List<CompanionPart>();
        foreach (var companion in options.Companions)
        {
            parts.Add(new CompanionPart(companion, at));
            at += companion.Bytes / sizeof(float);
        }

        Companions = [.. parts];
        Slab = new StateSlab(at);
        MissingPast = Missing(model.Config.PastCovariates);
        MissingKnown = Missing(model.Config.Horizon * model.Config.KnownCovariates);
        Layout = RecordLayout.Of(model, options.Companions);
    }

    public RecurrentModel Model { get; }

    public StreamingOptions Options { get; }

    public IStateStore? Store { get; }

    public IStateAdvance Advance { get; }

    public CompanionPart[] Companions { get; }

    public StateSlab Slab { get; }

    /// <summary>Covariates of a step that is missing.</summary>
    public double[] MissingPast { get; }

    /// <inheritdoc cref="MissingPast"/>
    public double[] MissingKnown { get; }

    /// <summary>What the floats of a series are; snapshots carry it.</summary>
    public string Layout { get; }

    /// <summary>The log; null without a store and while an engine is being restored.</summary>
    public EventLog? Log { get; set; }

    /// <summary>Position in the log of the last snapshot that is whole: what changed later is not in it.</summary>
    public long SavedPosition
    {
        get => Volatile.Read(ref _savedPosition);
        set => Volatile.Write(ref _savedPosition, value);
    }

    private static double[] Missing(int count)
    {
        var missing = new double[count];
        Array.Fill(missing, double.NaN);
        return missing;
    }

    /// <summary>Refuses an id that could not be written and read again.</summary>
    public static void RequireId(string seriesId)
    {
        if (seriesId.Length > MostIdLength) throw new ArgumentException($"an id of {seriesId.Length} characters, more than {MostIdLength}", nameof(seriesId));
        for (var i = 0; i < seriesId.Length; i++)
        {
            if (!char.IsSurrogate(seriesId[i])) continue;
            if (i + 1 < seriesId.Length && char.IsSurrogatePair(seriesId[i], seriesId[i + 1])) i++;
            else throw new ArgumentException("an id with half of a surrogate pair, which no file can hold", nameof(seriesId));
        }
    }
}
