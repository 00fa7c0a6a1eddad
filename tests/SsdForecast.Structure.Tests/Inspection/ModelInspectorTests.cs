using System.Text.Json;
using System.Xml.Linq;
using SsdForecast.Data;

namespace SsdForecast.Structure.Tests;

public class ModelInspectorTests
{
    private static InspectionReport Report { get; } = new ModelInspector(TrainedModel.Folder()).Inspect(TrainedModel.Series(200), new() { Window = 96 });

    [Fact]
    public void Every_head_is_measured_on_the_last_rows()
    {
        Assert.Equal((104, 96, 2, 4, 6), (Report.Start, Report.Length, Report.Layers, Report.HeadsOfLayer, Report.StateSize));
        Assert.Equal(new DateTime(2024, 1, 9, 7, 0, 0), Report.To);
        Assert.Equal([(0, 0), (0, 1), (0, 2), (0, 3), (1, 0), (1, 1), (1, 2), (1, 3)], Report.Heads.Select(h => (h.Layer, h.Head)));
        foreach (var head in Report.Heads)
        {
            Assert.True(head.A < 0);
            Assert.Equal(head.Decay.OrderBy(q => q.Level).Select(q => q.Value), head.Decay.Select(q => q.Value).Order());
            Assert.All(head.Decay, q => Assert.InRange(q.Value, 0, 1));
            Assert.InRange(head.MemorySteps!.Value, 1, 1e6);
            Assert.InRange(head.MeanLag!.Value, 0, 96);
            Assert.Equal(head.OrdersUsed.Select(o => o.Order).Order(), head.OrdersUsed.Select(o => o.Order));
            Assert.InRange(head.OrdersUsed[^1].Order, 1, 6);
            Assert.InRange(head.ReducedOrder, 1, head.OrdersUsed[^1].Order);
            Assert.Equal(1, head.HankelValues[0]);
            // B and C of random weights span the state: the least masked attention is the head's own.
            Assert.Equal(6, head.DualWidth);
            Assert.Equal(40, head.Mixing.Count);
        }
    }

    [Fact]
    public void Numbers_are_those_of_the_recurrence()
    {
        var recurrence = WindowRecorder.Record(TrainedModel.Folder(), TrainedModel.Series(200), 104, 96, warmUp: 24)[5];
        var head = Report.Heads[5];
        Assert.Equal(recurrence.A, head.A);
        Assert.Equal(-recurrence.TimeStep.Skip(1).Sum() * recurrence.A, head.LogRange, 1e-12);
        Assert.Equal(HankelProfile.Of(recurrence.Ssm.ToMatrix()).Order(1e-3), head.OrderAt(1e-3));
        Assert.Equal(recurrence.Decay.Min(), head.Decay[0].Value);
        var dual = MaskedAttentionDual.Build(recurrence.Ssm, 6);
        Assert.True(Matrices.Error(dual.Reproduce(), recurrence.Ssm.ToMatrix()) < 1e-12);
    }

    [Fact]
    public void Memory_counts_steps_until_less_than_a_part_in_e_is_kept()
    {
        Assert.Equal((3.0, false), HeadAnalysis.Memory([.. Enumerable.Repeat(0.4, 50)]));
        Assert.Equal((1.0, false), HeadAnalysis.Memory([.. Enumerable.Repeat(5.0, 50)]));
        Assert.Equal((1000.0, true), Rounded(HeadAnalysis.Memory([.. Enumerable.Repeat(0.001, 50)])));
        Assert.Equal((null, true), HeadAnalysis.Memory(new double[50]));
        Assert.Equal((null, true), HeadAnalysis.Memory([]));
        static (double?, bool) Rounded((double? Steps, bool Extrapolated) m) => (Math.Round(m.Steps!.Value), m.Extrapolated);
    }

    [Fact]
    public void A_reduced_matrix_keeps_the_largest_entries_with_their_signs()
    {
        double[,] m = { { 1, 0, 0, 0 }, { 2, -3, 0, 0 }, { 0, 5, -1, 0 }, { 0, 0, 0, -9 } };
        Assert.Equal([[-3.0], [5.0, -9.0]], MixingMatrix.Reduced(m, 2));
        Assert.Equal(4, MixingMatrix.Reduced(m, 10).Length);
        var (gain, lag) = MixingMatrix.GainAndLag(new double[,] { { 3, 0 }, { 4, 0 } });
        Assert.Equal((Math.Sqrt(25 / 2.0), 16 / 25.0), (gain, lag!.Value));
        Assert.Equal((0.0, null), MixingMatrix.GainAndLag(new double[2, 2]));
    }

    [Fact]
    public void The_page_is_well_formed_and_shows_every_head()
    {
        var html = InspectionPage.Render(Report);
        var page = XDocument.Parse(html[html.IndexOf('\n', StringComparison.Ordinal)..]);
        Assert.Equal(html, InspectionPage.Render(Report));
        XNamespace xhtml = "http://www.w3.org/1999/xhtml";
        Assert.Equal(8, page.Descendants(xhtml + "tbody").Single().Elements().Count());
        Assert.Equal(8, page.Descendants(xhtml + "div").Where(d => (string?)d.Attribute("class") == "matrices").Sum(d => d.Elements().Count()));
        var ids = page.Descendants().Attributes("id").Select(a => a.Value).ToList();
        Assert.Equal(ids.Count, ids.Distinct().Count());
        Assert.DoesNotContain("<script", html, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("NaN", html, StringComparison.Ordinal);
        Assert.Contains("masked attention of width 6", html, StringComparison.Ordinal);
    }

    [Fact]
    public void A_mixing_matrix_names_round_rows_at_the_cells_that_hold_them()
    {
        // 96 rows in 40 cells.
        var axis = InspectionCharts.Mixing(Report, Report.Heads[0]).X;
        Assert.Equal(40, axis.Categories.Count);
        Assert.Equal([(0, "0"), (8, "20"), (16, "40"), (25, "60"), (33, "80")], axis.Categories.Select((name, cell) => (cell, name)).Where(c => c.name.Length > 0));
    }

    [Fact]
    public void The_report_is_plain_data() =>
        Assert.Equal(8, JsonDocument.Parse(JsonSerializer.Serialize(Report)).RootElement.GetProperty("Heads").GetArrayLength());

    [Fact]
    public void A_model_without_layers_has_a_page_too()
    {
        var report = new ModelInspector(TrainedModel.Folder(TrainedModel.Config with { Layers = 0 })).Inspect(TrainedModel.Series(60));
        Assert.Empty(report.Heads);
        Assert.Contains("no layers", InspectionPage.Render(report), StringComparison.Ordinal);
    }

    [Fact]
    public void A_window_begins_no_earlier_than_the_first_value_and_needs_8_rows()
    {
        var inspector = new ModelInspector(TrainedModel.Folder());
        Assert.Equal((30, 20), (inspector.Inspect(TrainedModel.Series(60, missingFirst: 30), new() { End = 50 }).Start, inspector.Inspect(TrainedModel.Series(60, missingFirst: 30), new() { End = 50 }).Length));
        Assert.Contains("has 3 rows", Assert.Throws<NotEnoughDataException>(() => inspector.Inspect(TrainedModel.Series(33, missingFirst: 30))).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => inspector.Inspect(TrainedModel.Series(60), new() { End = 61 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => inspector.Inspect(TrainedModel.Series(60), new() { Window = 4 }));
    }
}
