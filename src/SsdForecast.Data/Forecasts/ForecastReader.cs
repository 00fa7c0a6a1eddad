using System.Globalization;
using CsvHelper;

namespace SsdForecast.Data;

/// <summary>Reads the rows of a forecast file and gathers those of one series and origin.</summary>
internal sealed class ForecastReader
{
    private readonly string _file;
    private readonly CsvHeader _header;
    private readonly int _id, _origin, _time, _lead, _actual;
    private readonly (int Column, double Level)[] _quantiles;
    private readonly Dictionary<(string Id, int Origin), List<Row>> _rows = [];

    private ForecastReader(string file, CsvHeader header)
    {
        _file = file;
        _header = header;
        _id = header.Require("unique_id", "series names");
        _origin = header.Require("origin", "origins");
        _time = header.Require("ds", "times");
        _lead = header.Require("lead", "lead times");
        _actual = header.Require("y", "actual values");
        _quantiles = [.. header.Names.Select((name, i) => (i, Level(name))).Where(q => !double.IsNaN(q.Item2)).OrderBy(q => q.Item2)];
        if (_quantiles.Length == 0)
            throw new MissingColumnException(
                $"there is no quantile column such as q0.5 among {OneLine.List(header.Names)}.",
                file,
                header.Line);
    }

    private sealed record Row(int Lead, DateTime? Time, double Actual, double[] Values, long Line);

    public static IReadOnlyList<ForecastVersusActual> Read(CsvText text)
    {
        var schema = new CsvSchema();
        var records = new CsvRecords(text, schema);
        var header = CsvHeader.Read(records, text, schema);
        var reader = new ForecastReader(text.Name, header);
        using var csv = records.Open();
        records.Next(csv);
        while (records.Next(csv)) reader.Add(csv);
        if (reader._rows.Count == 0) throw new NotEnoughDataException("the file has a header and no forecasts.", text.Name, header.Line);
        return [.. reader._rows.Select(g => reader.Gather(g.Key.Id, g.Key.Origin, g.Value))];
    }

    private void Add(CsvReader csv)
    {
        if (csv.FieldCount != _header.Count)
            throw new MalformedCsvException(
                $"this row has {csv.FieldCount} cells and the header has {_header.Count}.",
                _file,
                csv.LineNumber);
        var key = (csv.GetString(_id), Whole(csv, _origin));
        DateTime? time = null;
        if (!csv.IsEmpty(_time))
            time = TimeCell.TryYearFirst(csv.GetSpan(_time), out var ticks, out _) ? new DateTime(ticks) : throw Bad(csv, _time, "a time");
        if (!_rows.TryGetValue(key, out var rows)) _rows[key] = rows = [];
        rows.Add(new Row(Whole(csv, _lead), time, Number(csv, _actual), [.. _quantiles.Select(q => Number(csv, q.Column))], csv.LineNumber));
    }

    private ForecastVersusActual Gather(string id, int origin, List<Row> rows)
    {
        rows.Sort((a, b) => a.Lead.CompareTo(b.Lead));
        var values = new double[rows.Count, _quantiles.Length];
        for (var h = 0; h < rows.Count; h++)
        {
            if (rows[h].Lead != h + 1)
                throw new DataException(
                    $"series '{OneLine.Short(id)}' from origin {origin} should have lead time {h + 1} here and has {rows[h].Lead}.",
                    _file,
                    rows[h].Line,
                    "lead");
            for (var q = 0; q < _quantiles.Length; q++) values[h, q] = rows[h].Values[q];
        }

        DateTime[] times = rows.TrueForAll(r => r.Time is not null) ? [.. rows.Select(r => r.Time!.Value)] : [];
        return new ForecastVersusActual(new Forecast(id, origin, times, [.. _quantiles.Select(q => q.Level)], values), [.. rows.Select(r => r.Actual)]);
    }

    private static double Level(string name) =>
        name.StartsWith('q') && double.TryParse(name.AsSpan(1), NumberStyles.Float, CultureInfo.InvariantCulture, out var level) && level is > 0 and < 1 ? level : double.NaN;

    private int Whole(CsvReader csv, int column) =>
        int.TryParse(csv.GetSpan(column), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) ? value : throw Bad(csv, column, "a whole number");

    private double Number(CsvReader csv, int column) =>
        NumberCell.Default.TryRead(csv.GetSpan(column), out var value) ? value : throw Bad(csv, column, "a number");

    private BadValueException Bad(CsvReader csv, int column, string what) =>
        new($"'{OneLine.Short(csv.GetString(column))}' is not {what}.", _file, csv.LineNumber, _header.Names[column], csv.GetString(column));
}
