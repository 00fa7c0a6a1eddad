using SsdForecast.Cli.Settings;
using SsdForecast.Data;
using SsdForecast.Runtime;

namespace SsdForecast.Cli.Serving;

/// <summary>What the columns of events are called: as in the training file, or else by the standard names unique_id, ds and y.</summary>
internal sealed class EventColumns
{
    /// <summary>What the columns may always be called.</summary>
    public const string StandardId = "unique_id";

    /// <inheritdoc cref="StandardId"/>
    public const string StandardTime = "ds";

    /// <inheritdoc cref="StandardId"/>
    public const string StandardTarget = "y";

    /// <summary>The columns of a model.</summary>
    /// <param name="model">The model.</param>
    /// <param name="values">How the training file was read, with what the user says over it.</param>
    /// <param name="sequence">Column of sequence numbers; null for none.</param>
    public EventColumns(RecurrentModel model, SettingValues values, string? sequence = null)
    {
        Sequence = sequence;
        var (schema, preprocessor) = (SchemaSettings.Schema(values), model.Preprocessor);
        Id = schema.IdColumn;
        Time = preprocessor.HasTimestamps ? schema.TimeColumn ?? StandardTime : null;
        Targets = schema.TargetColumns is { Count: > 0 } told ? told : [StandardTarget];
        Past = preprocessor.PastCovariates;
        Known = preprocessor.KnownCovariates;
        Statics = preprocessor.StaticCovariates;
        OnlySeries = preprocessor.SeriesScalers.Keys.Where(k => k != Preprocessor.DefaultSeries).Take(2).ToArray() is [var only] ? only : null;
        Rows = schema.Layout == CsvLayout.WideRows;
        Cells = new CellReader(schema);
        Delimiter = schema.Delimiter;
    }

    /// <summary>Column of series ids; null where each target column is a series.</summary>
    public string? Id { get; }

    /// <summary>Column of times; null for a model without timestamps.</summary>
    public string? Time { get; }

    /// <summary>Column of sequence numbers; null for none.</summary>
    public string? Sequence { get; }

    public IReadOnlyList<string> Targets { get; }

    public IReadOnlyList<string> Past { get; }

    public IReadOnlyList<string> Known { get; }

    public IReadOnlyList<string> Statics { get; }

    /// <summary>The series of a model of one series, which events may then leave unnamed.</summary>
    public string? OnlySeries { get; }

    /// <summary>Whether the training file had a series a line.</summary>
    public bool Rows { get; }

    public CellReader Cells { get; }

    public char? Delimiter { get; }

    /// <summary>The name that a line uses for the id column, if it has one.</summary>
    public string? FindId(Func<string, bool> has) => Id is { } id && has(id) ? id : has(StandardId) ? StandardId : null;

    /// <summary>The name that a line uses for the time column, if it has one.</summary>
    public string? FindTime(Func<string, bool> has) => Time is { } time && has(time) ? time : Time is not null && has(StandardTime) ? StandardTime : null;

    /// <summary>The target columns that a line has.</summary>
    public IReadOnlyList<string> FindTargets(Func<string, bool> has)
    {
        string[] found = [.. Targets.Where(has)];
        return found.Length > 0 ? found : has(StandardTarget) ? [StandardTarget] : [];
    }

    /// <summary>The series of a cell, named as in training.</summary>
    public string Series(string? id, string target, int targets)
        => id is null ? targets == 1 && OnlySeries is not null ? OnlySeries : target
        : Targets.Count == 1 ? id
        : $"{id}/{target}";
}
