namespace SsdForecast.Reports;

/// <summary>Writes the page of a report, from the result down to how to repeat it.</summary>
internal sealed class ReportPage(HtmlWriter html, ReportContent content)
{
    private readonly FigureWriter _figures = new(html);

    private ReportInput Input => content.Input;

    public void Write() => HtmlPage.Write(html, Input.Title, ReportStyle.Css, Content);

    private void Content()
    {
        Header();
        Forecasts();
        Section(content.ByLead);
        if (content.Metrics.Count > 0) new MetricTable(html, Input, content.Metrics).Table();
        Section(content.BySeries);
        Pair(content.Calibration, content.Distribution);
        Section(content.Prequential);
        Section(content.Residuals);
        Summaries();
        Commands();
        Footer();
    }

    private void Header()
    {
        html.Open("header");
        html.Element("p", "Forecast report", "kicker");
        html.Element("h1", Input.Title);
        foreach (var sentence in content.Headline) html.Element("p", sentence, "lede");
        if (content.Metrics.Count > 0) new MetricTable(html, Input, content.Metrics).Tiles();
        html.Close();
    }

    private void Forecasts()
    {
        if (content.Forecasts.Count == 0) return;
        if (content.Forecasts.Count % 2 == 1)
        {
            Section(content.Forecasts[0]);
            Halves([.. content.Forecasts.Skip(1)]);
        }
        else
        {
            Halves(content.Forecasts);
        }
    }

    private void Section(Chart? chart)
    {
        if (chart is null) return;
        html.Open("section");
        _figures.Full(chart);
        html.Close();
    }

    private void Pair(Chart? left, Chart? right)
    {
        if (left is not null && right is not null) Halves([left, right]);
        else Section(left ?? right);
    }

    private void Halves(IReadOnlyList<Chart> charts)
    {
        if (charts.Count == 0) return;
        html.Open("section", "pair");
        foreach (var chart in charts) _figures.Half(chart);
        html.Close();
    }

    private void Summaries()
    {
        var data = content.Data.Count > 0 || Input.Warnings.Count > 0;
        if (!data && Input.ModelCard.Count == 0) return;
        html.Open("section", data && Input.ModelCard.Count > 0 ? "pair" : null);
        if (data)
        {
            html.Open("div");
            html.Element("h2", "Data");
            Facts(content.Data);
            if (Input.Warnings.Count > 0)
            {
                html.Open("ul");
                foreach (var warning in Input.Warnings) html.Element("li", warning);
                html.Close();
            }
            html.Close();
        }
        if (Input.ModelCard.Count > 0)
        {
            html.Open("div");
            html.Element("h2", "Model");
            Facts(Input.ModelCard);
            html.Close();
        }
        html.Close();
    }

    private void Facts(IReadOnlyList<Fact> facts)
    {
        if (facts.Count == 0) return;
        html.Open("dl");
        foreach (var (label, value) in facts)
        {
            html.Element("dt", label);
            html.Element("dd", value);
        }
        html.Close();
    }

    private void Commands()
    {
        if (Input.Commands.Count == 0) return;
        html.Open("section");
        html.Element("h2", "How to repeat this");
        html.Open("pre");
        for (var i = 0; i < Input.Commands.Count; i++)
        {
            if (i > 0) html.Xml.WriteString("\n");
            html.Text(Input.Commands[i]);
        }
        html.Close();
        html.Close();
    }

    private void Footer()
    {
        var version = typeof(ReportPage).Assembly.GetName().Version?.ToString(3);
        var when = Input.Created is { } created ? $", {created.UtcDateTime.ToString("d MMMM yyyy HH:mm", System.Globalization.CultureInfo.InvariantCulture)} UTC" : "";
        html.Element("footer", $"SsdForecast {version}{when}");
    }
}
