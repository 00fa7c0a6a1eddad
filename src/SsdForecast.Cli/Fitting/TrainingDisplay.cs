using System.Globalization;
using Spectre.Console;
using SsdForecast.Cli.Hosting;
using SsdForecast.Cli.Output;
using SsdForecast.Torch.Training;

namespace SsdForecast.Cli.Fitting;

/// <summary>Shows training: a bar on a terminal, elsewhere one line an epoch.</summary>
internal sealed class TrainingDisplay(CommandHost host, bool quiet) : IProgress<TrainingProgress>, IDisposable
{
    private ProgressTask? _bar;

    /// <summary>The first epoch that was reported; 0 for none. Above 1 training went on from a checkpoint.</summary>
    public int FirstEpoch { get; private set; }

    /// <summary>Runs something that reports to the display.</summary>
    public T Show<T>(Func<IProgress<TrainingProgress>, T> work)
    {
        if (quiet || !host.DrawsProgress) return work(this);
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(host.Error) });
        return console.Progress()
            .AutoClear(false)
            .Columns(new ProgressBarColumn { Width = 12 }, new PercentageColumn(), new TaskDescriptionColumn { Alignment = Justify.Left })
            .Start(context =>
            {
                _bar = context.AddTask("solving ridge regression", maxValue: 1);
                var result = work(this);
                _bar.Value = _bar.MaxValue;
                _bar.StopTask();
                return result;
            });
    }

    public void Report(TrainingProgress value)
    {
        if (FirstEpoch == 0) FirstEpoch = value.Epoch;
        if (_bar is not null)
        {
            _bar.MaxValue = value.Steps;
            _bar.Value = value.Step;
            _bar.Description = Markup.Escape(Short(value));
        }
        else if (!quiet && value.EpochEnded)
        {
            host.Note(Line(value));
        }
    }

    public void Dispose() => _bar = null;

    // With the bar it fits in eighty columns.
    private static string Short(TrainingProgress p)
        => string.Create(CultureInfo.InvariantCulture, $"epoch {p.Epoch}/{p.Epochs}, loss {Loss(p.Loss)}, val {Loss(p.ValidationLoss)}, {Numbers.Count(p.SamplesPerSecond)} samples/s, {Numbers.Duration(p.Remaining)}");

    // A training that goes astray has losses of thirty digits.
    private static string Loss(double loss) => loss.ToString(Math.Abs(loss) < 1e5 ? "F4" : "0.0e+0", CultureInfo.InvariantCulture);

    private static string Line(TrainingProgress p)
    {
        var validation = double.IsFinite(p.ValidationLoss) ? string.Create(CultureInfo.InvariantCulture, $", validation {Loss(p.ValidationLoss)} (best {Loss(p.BestLoss)})") : "";
        return string.Create(CultureInfo.InvariantCulture, $"epoch {p.Epoch}/{p.Epochs}: loss {Loss(p.Loss)}{validation}, {Numbers.Count(p.SamplesPerSecond)} samples/s, {Numbers.Duration(p.Remaining)} left at most");
    }
}
