using SsdForecast.Data;

namespace SsdForecast.Reports;

/// <summary>The table of metrics and the tiles above it.</summary>
internal sealed class MetricTable(HtmlWriter html, ReportInput input, IReadOnlyList<MetricRow> rows)
{
    private sealed record Column(string Name, string Unit, Func<MetricRow, double> Value, Func<double, string> Format, Func<MetricRow, double> Rank, bool Optional = false);

    private string RawUnit => input.Unit ?? "";

    private double CoverageLevel => rows.Select(r => r.CoverageLevel).FirstOrDefault(double.IsFinite, double.NaN);

    // A coverage is the better the nearer to its nominal value it lies.
    private IEnumerable<Column> Columns() => new Column[]
    {
        new("MASE", "", r => r.Mase, v => NumberFormat.Value(v, 3), r => r.Mase),
        new("sMAPE", "%", r => r.Smape, v => NumberFormat.Value(v, 3), r => r.Smape),
        new("CRPS", RawUnit, r => r.Crps, v => NumberFormat.Value(v, 3), r => r.Crps),
        new("MAE", RawUnit, r => r.Mae, v => NumberFormat.Value(v, 3), r => r.Mae, true),
        new($"Coverage of {NumberFormat.Percent(CoverageLevel, 0)}", "", r => r.Coverage, v => NumberFormat.Percent(v), r => Math.Abs(r.Coverage - r.CoverageLevel)),
    }.Where(c => rows.Any(r => double.IsFinite(c.Value(r))));

    /// <summary>The model's numbers, large, each beside the first baseline's.</summary>
    public void Tiles()
    {
        var row = rows.FirstOrDefault(r => r.Model == input.Models[0].Model) ?? rows[0];
        var other = rows.FirstOrDefault(r => r != row);
        html.Open("div", "tiles");
        foreach (var column in Columns().Where(c => !c.Optional || !double.IsFinite(row.Mase)).Take(4))
        {
            html.Open("div", "tile");
            html.Element("div", column.Unit.Length > 0 ? $"{column.Name}, {column.Unit}" : column.Name, "label");
            html.Element("div", column.Format(column.Value(row)), "value");
            if (other is not null && double.IsFinite(column.Value(other))) html.Element("div", $"{other.Model} {column.Format(column.Value(other))}", "against");
            html.Close();
        }
        html.Close();
    }

    /// <summary>All models, the best of each column in bold.</summary>
    public void Table()
    {
        var columns = Columns().ToList();
        html.Open("section");
        html.Element("h2", "Accuracy");
        html.Element("p", $"Lower is better{(double.IsFinite(CoverageLevel) ? "; coverage is the better the nearer to its nominal value" : "")}. The best of each column is bold.", "note");
        if (MaseNote.Of(rows) is { } note) html.Element("p", note + ".", "note");
        html.Open("table");
        html.Open("thead");
        html.Open("tr");
        html.Element("th", "Model", null, ("scope", "col"));
        foreach (var column in columns)
        {
            html.Open("th", column.Optional ? "optional" : null, ("scope", "col"));
            html.Text(column.Name);
            if (column.Unit.Length > 0) html.Element("span", $", {column.Unit}", "optional");
            html.Close();
        }
        html.Close();
        html.Close();
        html.Open("tbody");
        var best = columns.ConvertAll(c => rows.Select(c.Rank).Where(double.IsFinite).DefaultIfEmpty(double.NaN).Min());
        foreach (var row in rows)
        {
            html.Open("tr");
            html.Open("td");
            Swatch(row.Model);
            html.Text(row.Model);
            html.Close();
            for (var c = 0; c < columns.Count; c++)
            {
                var isBest = rows.Count > 1 && columns[c].Rank(row) == best[c];
                var classes = string.Join(' ', new[] { columns[c].Optional ? "optional" : "", isBest ? "best" : "" }.Where(s => s.Length > 0));
                html.Element("td", columns[c].Format(columns[c].Value(row)), classes.Length > 0 ? classes : null);
            }
            html.Close();
        }
        html.Close();
        html.Close();
        html.Close();
    }

    private void Swatch(string model)
    {
        var index = input.Models.Select(m => m.Model).ToList().IndexOf(model);
        if (index < 0) return;
        html.Open("span", $"swatch tone-{ModelTone.Of(index).ToString().ToLowerInvariant()}");
        html.Close();
    }
}
