using SsdForecast.Cli.Fitting.Ranks;
using SsdForecast.Cli.Hosting;
using SsdForecast.Cli.Output;
using SsdForecast.Cli.Settings;
using SsdForecast.Data;
using SsdForecast.Runtime;
using SsdForecast.Torch.Evaluation;
using SsdForecast.Torch.Forecasters;

namespace SsdForecast.Cli.Fitting;

/// <summary>Fits a model to a file, scores it on held-out rows and writes its folder.</summary>
internal static class FitRun
{
    public static int Execute(CommandHost host, SettingValues values, FitDisplay display)
    {
        using var ranks = TrainingRanks.Open(host, values);
        if (ranks is null) return Fit(host, values, display, null);
        return ranks.Run(() => ranks.IsFirst ? Fit(host, values, display, ranks) : Follow(values, ranks));
    }

    /// <summary>Trains as one of several processes, of which another writes and prints.</summary>
    private static int Follow(SettingValues values, TrainingRanks ranks)
    {
        // Ctrl-C goes to all processes at once; the first one decides when all stop.
        using var silent = new CommandHost(TextReader.Null, TextWriter.Null, TextWriter.Null);
        var (_, forecaster) = Train(silent, values, new FitDisplay(Quiet: true), null, ranks);
        forecaster.Dispose();
        return ExitCodes.Good;
    }

    private static int Fit(CommandHost host, SettingValues values, FitDisplay display, TrainingRanks? ranks)
    {
        var folder = RunSettings.OutFolder(values);
        var (table, forecaster) = Train(host, values, display, folder, ranks);
        using (forecaster)
        {
            // Written before it is scored: whatever happens then, the training is not lost.
            forecaster.Save(folder);
            var scored = Score(host, forecaster, table);
            if (scored is not null)
            {
                forecaster.Record(scored.Metrics);
                forecaster.Save(folder);
            }
            Tell(host, display, folder, forecaster, scored);
        }
        return ExitCodes.Good;
    }

    /// <summary>Loads and trains, without writing anything but checkpoints beside <paramref name="folder"/>.</summary>
    /// <param name="folder">Where the model will be; null: no checkpoints.</param>
    /// <param name="ranks">The processes that train it together; null: this one alone.</param>
    public static (SeriesTable Table, Forecaster Forecaster) Train(CommandHost host, SettingValues values, FitDisplay display, string? folder, TrainingRanks? ranks = null)
    {
        var path = RunSettings.DataPath(values);
        var options = FitPlan.Model(values);
        var resume = values.Flag(SettingTable.Resume) ?? false;
        var checkpoint = folder is null ? null : CheckpointBeside(host, folder, resume);
        var training = FitPlan.Training(values, checkpoint);
        if (ranks is not null) training = training with { Device = ranks.Device };
        var table = DataFile.Load(path, SchemaSettings.Schema(values), host, warningsOnly: display.Quiet);
        var stop = host.StopRequests();
        try
        {
            using var progress = new TrainingDisplay(host, display.Quiet);
            var forecaster = progress.Show(p => Forecaster.Fit(table, options, training, p, stop, ranks?.Group));
            if (stop.IsCancellationRequested)
                host.Note($"stopped; the best weights so far, of epoch {forecaster.Training.BestEpoch}, are kept" + (checkpoint is null || !Directory.Exists(checkpoint) ? "" : ", and --resume goes on from the last whole epoch"));
            else if (resume && progress.FirstEpoch == 1) host.Note("warning: the checkpoint is of other settings or other data; training began anew");
            TellOfDivergence(host, forecaster.Training);
            return (table, forecaster);
        }
        catch (ArgumentException e)
        {
            throw FitPlan.WrongModel(values, e);
        }
    }

    // Weights that are no numbers never come back; what is kept is from before.
    private static void TellOfDivergence(CommandHost host, TrainingRecord training)
    {
        // The first validation loss is from before the first epoch.
        var epoch = training.TrainingLoss.Zip(training.ValidationLoss.Skip(1), (own, held) => own + held).TakeWhile(double.IsFinite).Count() + 1;
        if (epoch > training.TrainingLoss.Count) return;
        var kept = training.BestEpoch == 0 ? "ridge regression alone is kept" : $"the weights of epoch {training.BestEpoch} are kept";
        host.Note($"warning: the loss was no finite number from epoch {epoch} on, and {kept}; lower --learning-rate or --weight-decay, or look for absurd values in the data");
    }

    /// <summary>Scores a model on the test rows; null, with a warning, where there are none.</summary>
    public static BacktestResult? Score(CommandHost host, Forecaster forecaster, SeriesTable table)
    {
        try
        {
            return Backtest.Run(forecaster, table);
        }
        catch (NotEnoughDataException e)
        {
            host.Note($"warning: not scored: {e.Message}");
            return null;
        }
    }

    private static string CheckpointBeside(CommandHost host, string folder, bool resume)
    {
        var checkpoint = Path.TrimEndingDirectorySeparator(folder) + ".checkpoint";
        var exists = Directory.Exists(checkpoint);
        if (resume && !exists) throw CommandException.Usage("--resume", $"there is no checkpoint {checkpoint}; leave the option out to start anew");
        if (!resume && exists)
        {
            host.Note($"warning: the checkpoint {checkpoint} of an interrupted run is dropped; --resume would have gone on from it");
            Directory.Delete(checkpoint, recursive: true);
        }
        return checkpoint;
    }

    private static void Tell(CommandHost host, FitDisplay display, string folder, Forecaster forecaster, BacktestResult? scored)
    {
        var summary = FitSummary.Of(folder, forecaster, scored);
        if (display.Json)
        {
            ResultJson.Write(host.Out, summary);
            return;
        }
        if (scored is not null)
        {
            host.Out.WriteLine($"held-out rows: {Numbers.Count(scored.Models[0].Forecasts.Count)} forecasts of {summary.Horizon} rows, split {scored.Split}, season {scored.Season}");
            MetricOutput.Write(host, scored.Metrics);
        }
        host.Out.WriteLine($"trained {summary.Epochs} epochs (best {summary.BestEpoch}) in {Numbers.Duration(forecaster.Training.Duration)}: {Numbers.Count(summary.SamplesPerSecond)} samples/s, {Numbers.Count(summary.Parameters)} parameters on {summary.Device}{(summary.Processes > 1 ? $", {summary.Processes} processes" : "")}");
        host.Out.WriteLine($"model written to {folder}");
    }
}
