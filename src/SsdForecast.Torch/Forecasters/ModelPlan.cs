using System.Text.Json;
using SsdForecast.Data;
using SsdForecast.Runtime;

namespace SsdForecast.Torch.Forecasters;

/// <summary>What a table makes of the options: architecture and preprocessing, fitted on training rows only.</summary>
internal static class ModelPlan
{
    private const int LongestLookback = 512;
    private const int UsualLookback = 64;

    /// <summary>The architecture for a table.</summary>
    /// <exception cref="DataException">The horizon does not fit the data.</exception>
    public static ModelConfig Configure(SeriesTable table, IReadOnlyList<Split> splits, ForecasterOptions options)
    {
        var longest = splits.Max(s => s.TrainEnd);
        RequireRoom(table, splits, options.Horizon);
        if (options.Lookback > longest)
            throw new NotEnoughDataException($"a lookback of {options.Lookback} rows is longer than the {longest} training rows of the longest series; use a shorter one, or 0 to have it chosen", table.Source);
        var index = table.Series[0].Index;
        var lookback = options.Lookback > 0 ? options.Lookback : AutomaticLookback(table, splits, options.Horizon, longest);
        var patch = options.PatchLength > 0 ? options.PatchLength : Math.Min(lookback, lookback >= 240 ? 24 : 16);
        var config = new ModelConfig
        {
            Kind = options.Kind,
            Block = options.Block,
            Layers = options.Layers,
            Lookback = lookback,
            Horizon = options.Horizon,
            Quantiles = options.Quantiles,
            PastCovariates = options.PastCovariates.Count,
            KnownCovariates = options.KnownCovariates.Count,
            StaticCovariates = options.StaticCovariates.Count,
            Calendar = options.Calendar ? CyclesSeen(table, splits) : [],
            ElapsedTime = !index.IsRegular && options.Kind == ForecasterKind.Causal,
            PatchLength = patch,
            PatchStride = options.PatchStride > 0 ? options.PatchStride : Math.Max(1, patch / 2),
            Dropout = options.Dropout,
        };
        config.Validate();
        return config;
    }

    /// <summary>Scalers and column names.</summary>
    public static Preprocessor Fit(SeriesTable table, IReadOnlyList<Split> splits, ForecasterOptions options)
    {
        var scalers = new Dictionary<string, Scaler>();
        for (var i = 0; i < splits.Count; i++)
            scalers[table.Series[i].Id] = Scaler.Fit(table.Series[i].Values.AsSpan(0, splits[i].TrainEnd));
        scalers[Preprocessor.DefaultSeries] = Scaler.Fit(TrainingRows(table, splits, s => s.Values));

        var covariates = new Dictionary<string, Scaler>();
        foreach (var name in options.PastCovariates.Concat(options.KnownCovariates))
            covariates[name] = Scaler.Fit(TrainingRows(table, splits, s => Column(s, name)));
        foreach (var name in options.StaticCovariates)
            covariates[name] = Scaler.Fit([.. table.Series.Select(s => s.Statics.TryGetValue(name, out var v) ? v : throw NoColumn(s, name, s.Statics.Keys))]);

        var first = table.Series[0];
        return new Preprocessor
        {
            SeriesScalers = scalers,
            CovariateScalers = covariates,
            Layout = JsonNamingPolicy.SnakeCaseLower.ConvertName(table.Report.Layout.ToString()),
            IdColumn = table.Report.Schema?.IdColumn,
            TimeColumn = table.Report.Schema?.TimeColumn,
            TargetColumns = table.Report.Schema?.TargetColumns ?? [],
            ReadOptions = ReadOptions(table, options),
            PastCovariates = options.PastCovariates,
            KnownCovariates = options.KnownCovariates,
            StaticCovariates = options.StaticCovariates,
            Frequency = first.Index.Frequency,
            Step = first.Index.HasTimestamps ? first.Index.MedianStep : TimeSpan.Zero,
            Season = SeasonalNaive.ChooseSeason(first, splits[0].TrainEnd, options.Horizon),
        };
    }

    // The order of day and month is found in a whole file; a row that comes alone may not show it.
    private static IReadOnlyDictionary<string, string> ReadOptions(SeriesTable table, ForecasterOptions options)
        => table.Report.Schema?.TimeFormat is { } format && !options.ReadOptions.ContainsKey("time_format")
            ? new Dictionary<string, string>(options.ReadOptions) { ["time_format"] = format }
            : options.ReadOptions;

    private static void RequireRoom(SeriesTable table, IReadOnlyList<Split> splits, int horizon)
    {
        if (splits.Any(s => s.TrainEnd >= horizon + 2)) return;
        var longest = table.Series.MaxBy(s => s.Count)!;
        var training = splits.Max(s => s.TrainEnd);
        var wayOut = training > 2 ? $"use a horizon of at most {training - 2}, or more data" : "give more data";
        throw new NotEnoughDataException(
            $"a horizon of {horizon} rows does not fit: the longest series, '{longest.Id}', has {longest.Count} rows, {training} of them for training; {wayOut}", table.Source);
    }

    private static int AutomaticLookback(SeriesTable table, IReadOnlyList<Split> splits, int horizon, int longest)
    {
        var series = table.Series[0];
        var seasons = !series.Index.IsRegular ? [1]
            : series.Index.HasTimestamps ? series.Index.Frequency!.Value.SeasonLengths
            : SeasonDetector.Candidates(series.Values.AsSpan(0, splits[0].TrainEnd));
        // Two of the longest season that fits, or up to four of the shortest: hourly 336, half-hourly 336, quarter-hourly 384.
        var wanted = seasons.SelectMany(s => new[] { s, 2 * s }).Append(4 * seasons[0]).Where(n => n <= LongestLookback).DefaultIfEmpty(UsualLookback).Max();
        // Half of the training rows at most, so that full windows remain to learn from.
        return Math.Clamp(Math.Max(wanted, UsualLookback), 1, Math.Max(1, (longest - horizon) / 2));
    }

    /// <summary>The cycles that the training rows show at least twice; of a cycle seen once nothing can be learned.</summary>
    private static IReadOnlyList<CalendarCycle> CyclesSeen(SeriesTable table, IReadOnlyList<Split> splits)
    {
        var series = table.Series[0];
        if (!series.Index.HasTimestamps) return [];
        var span = table.Series.Select((s, i) => s.Index[Math.Max(0, splits[i].TrainEnd - 1)] - s.Index[0]).Max();
        return [.. Calendar.CyclesFor(series.Index).Where(c => 2 * Days(c) <= span.TotalDays)];
    }

    private static double Days(CalendarCycle cycle) => cycle switch
    {
        CalendarCycle.HourOfDay => 1,
        CalendarCycle.DayOfWeek => 7,
        _ => 365,
    };

    private static double[] TrainingRows(SeriesTable table, IReadOnlyList<Split> splits, Func<Series, double[]> column)
        => [.. table.Series.SelectMany((s, i) => column(s).Take(splits[i].TrainEnd))];

    private static double[] Column(Series series, string name)
        => series.Covariates.TryGetValue(name, out var column) ? column : throw NoColumn(series, name, series.Covariates.Keys);

    private static DataException NoColumn(Series series, string name, IEnumerable<string> columns)
        => new($"series '{series.Id}' has no covariate '{name}'; it has: {string.Join(", ", columns.DefaultIfEmpty("none"))}");
}
