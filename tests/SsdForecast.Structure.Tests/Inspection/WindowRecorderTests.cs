using SsdForecast.Data;
using SsdForecast.Runtime;

namespace SsdForecast.Structure.Tests;

public class WindowRecorderTests
{
    [Fact]
    public void The_recorded_recurrences_are_what_the_blocks_computed()
    {
        // From an empty state on, the first layer's state is the recurrence run on the x that the block convolved.
        var folder = TrainedModel.Folder();
        var series = TrainedModel.Series(40);
        var (block, rows) = (folder.Config.Block, 40);
        var events = new SeriesEvents(series, folder.Preprocessor, folder.Config.Horizon);
        var model = new ReferenceRecurrence(folder, series.Id);
        var recorded = WindowRecorder.Record(folder, series, 0, rows);
        Assert.Equal(folder.Config.Layers * block.Heads, recorded.Count);
        var inputs = new double[folder.Config.Layers, block.DInner, rows];
        for (var t = 0; t < rows; t++)
        {
            model.Observe(events.At(t));
            for (var layer = 0; layer < folder.Config.Layers; layer++)
                for (var c = 0; c < block.DInner; c++) inputs[layer, c, t] = model.Blocks[layer].Convolved[c];
        }

        foreach (var head in recorded)
        {
            for (var p = 0; p < block.HeadDim; p++)
            {
                var channel = (head.Head * block.HeadDim) + p;
                var state = new double[block.DState];
                for (var t = 0; t < rows; t++)
                {
                    head.Ssm.Advance(t, state);
                    for (var n = 0; n < block.DState; n++) state[n] += head.Ssm.B[t, n] * inputs[head.Layer, channel, t];
                }

                for (var n = 0; n < block.DState; n++) Assert.Equal(model.Blocks[head.Layer].SsmState[head.Head, p, n], state[n], 1e-12);
            }
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void With_options_of_Mamba3_the_recorded_recurrences_give_what_the_blocks_read_from_their_states(bool trapezoid)
    {
        var block = TrainedModel.Config.Block with { RotationFraction = 0.7, BCNorm = true, DConv = 0, Discretization = trapezoid ? Discretization.Trapezoid : default };
        var folder = TrainedModel.Folder(TrainedModel.Config with { Block = block });
        var (series, rows) = (TrainedModel.Series(40), 40);
        var events = new SeriesEvents(series, folder.Preprocessor, folder.Config.Horizon);
        var model = new ReferenceRecurrence(folder, series.Id);
        var recorded = WindowRecorder.Record(folder, series, 0, rows);
        var states = recorded.Select(_ => new double[block.HeadDim, block.DState]).ToArray();
        for (var t = 0; t < rows; t++)
        {
            model.Observe(events.At(t));
            for (var h = 0; h < recorded.Count; h++)
            {
                var (head, of) = (recorded[h], model.Blocks[recorded[h].Layer]);
                // The weight of an input beyond its own step's is the next step's: it is read one step too early.
                var input = of.InputMaps[head.Head];
                var early = trapezoid ? NormAt(head.Ssm.B, t) / Norm(input) - (of.Share[head.Head] * head.TimeStep[t]) : 0;
                if (!trapezoid) Assert.Equal(head.TimeStep[t], NormAt(head.Ssm.B, t) / Norm(input), 1e-12);
                Assert.InRange(early, -1e-12, trapezoid && t + 1 < rows ? 1 : 1e-12);
                for (var p = 0; p < block.HeadDim; p++)
                {
                    var x = of.Convolved[(head.Head * block.HeadDim) + p];
                    double[] row = [.. Enumerable.Range(0, block.DState).Select(n => states[h][p, n])];
                    head.Ssm.Advance(t, row);
                    double recordedOutput = 0, output = 0, direct = 0;
                    for (var n = 0; n < block.DState; n++)
                    {
                        states[h][p, n] = row[n] += head.Ssm.B[t, n] * x;
                        recordedOutput += row[n] * head.Ssm.C[t, n];
                        output += of.SsmState[head.Head, p, n] * of.OutputMaps[head.Head][n];
                        direct += input[n] * of.OutputMaps[head.Head][n] * x;
                    }

                    Assert.Equal(output, recordedOutput - (early * direct), 1e-10);
                }
            }
        }

        static double Norm(double[] v) => Math.Sqrt(v.Sum(a => a * a));
        double NormAt(double[,] m, int t) => Norm([.. Enumerable.Range(0, block.DState).Select(n => m[t, n])]);
    }

    [Fact]
    public void A_window_is_cut_from_a_running_model()
    {
        var (folder, series) = (TrainedModel.Folder(), TrainedModel.Series(90));
        var whole = WindowRecorder.Record(folder, series, 0, 90);
        var window = WindowRecorder.Record(folder, series, 60, 20, warmUp: 60);
        for (var h = 0; h < whole.Count; h++)
        {
            Assert.Equal(whole[h].TimeStep[60..80], window[h].TimeStep);
            Assert.Equal(whole[h].Ssm.C[65, 3], window[h].Ssm.C[5, 3]);
        }
    }

    [Fact]
    public void Known_covariates_are_those_of_the_rows_ahead_and_missing_after_the_last()
    {
        var (folder, series) = (TrainedModel.Folder(), TrainedModel.Series(10));
        var o = new SeriesEvents(series, folder.Preprocessor, 3).At(7);
        Assert.Equal([series.Covariates["known0"][8], series.Covariates["known0"][9], double.NaN], o.KnownCovariates.ToArray());
        Assert.Equal([series.Covariates["past0"][7]], o.PastCovariates.ToArray());
        Assert.Equal([0.5], o.StaticCovariates.ToArray());
        Assert.Equal(new DateTime(2024, 1, 1, 7, 0, 0), o.Time);
    }

    [Fact]
    public void A_direct_model_and_a_missing_column_are_refused()
    {
        var direct = TrainedModel.Folder(TrainedModel.Config with { Kind = ForecasterKind.Direct });
        Assert.Contains("kind direct", Assert.Throws<ModelFormatException>(() => WindowRecorder.Record(direct, TrainedModel.Series(40), 0, 20)).Message, StringComparison.Ordinal);
        var bare = new Series("north", TimeIndex.Regular(new DateTime(2024, 1, 1), Frequency.Parse("h"), 20), new double[20]);
        Assert.Contains("'past0'", Assert.Throws<DataException>(() => WindowRecorder.Record(TrainedModel.Folder(), bare, 0, 20)).Message, StringComparison.Ordinal);
    }
}
