using SsdForecast.Data;
using SsdForecast.Runtime;
using SsdForecast.Torch.Cuda.Steps;
using TorchSharp;
using static TorchSharp.torch;

namespace SsdForecast.Torch.Windows;

/// <summary>
/// A table on the device, once, with windows gathered there by index: no window is ever laid out on the host. Rows of all series lie one after
/// another, each series with <c>lookback</c> rows of weight 0 before it and <c>horizon</c> unobserved rows after it, so that every window is in range.
/// Values as in docs/model.md, section 1.
/// </summary>
public sealed class SeriesTensors : IDisposable
{
    private readonly Tensor _filled;
    private readonly Tensor _mask;
    private readonly Tensor _weight;
    private readonly Tensor? _past;
    private readonly Tensor? _known;
    private readonly Tensor? _calendar;
    private readonly Tensor? _elapsed;
    private readonly Tensor? _static;
    private readonly Tensor _offsets;

    private SeriesTensors(SeriesTable table, Preprocessor preprocessor, ModelConfig config, Device device)
    {
        Config = config;
        Table = table;
        Device = device;
        var rows = HostRows.From(table, preprocessor, config);
        _filled = tensor(rows.Filled, device: device);
        _mask = tensor(rows.Mask, device: device);
        _weight = tensor(rows.Weight, device: device);
        _past = Matrix(rows.Past, config.PastCovariates, device);
        _known = Matrix(rows.Known, config.KnownCovariates, device);
        _calendar = Matrix(rows.Calendar, 2 * config.Calendar.Count, device);
        _elapsed = rows.Elapsed is null ? null : tensor(rows.Elapsed, device: device);
        _static = Matrix(rows.Static, config.StaticCovariates, device);
        _offsets = tensor(rows.Offsets, device: device);
        foreach (var t in Tensors()) t?.DetachFromDisposeScope();
    }

    /// <summary>The architecture that the rows are laid out for.</summary>
    public ModelConfig Config { get; }

    /// <summary>The table on the host.</summary>
    public SeriesTable Table { get; }

    /// <summary>Where the rows are.</summary>
    public Device Device { get; }

    /// <summary>Puts a table on a device.</summary>
    /// <param name="table">Series; their covariates must hold every name in the preprocessor.</param>
    /// <param name="preprocessor">Scalers and column names.</param>
    /// <param name="config">Architecture: lookback, horizon, which inputs.</param>
    /// <param name="device">Where to.</param>
    public static SeriesTensors From(SeriesTable table, Preprocessor preprocessor, ModelConfig config, Device device)
    {
        ArgumentNullException.ThrowIfNull(table);
        ArgumentNullException.ThrowIfNull(preprocessor);
        ArgumentNullException.ThrowIfNull(config);
        return new SeriesTensors(table, preprocessor, config, device);
    }

    /// <summary>Gathers windows.</summary>
    /// <param name="windows">Which: the series' index in the table, the row of the first position (≥ 0), and an exclusive end past which no row is a target.</param>
    /// <param name="positions">Positions a window, <c>T</c>. Positions past the end of a series see padding.</param>
    public WindowBatch Gather(IReadOnlyList<Window> windows, long positions)
    {
        using var index = WindowIndex.Upload(windows, Device);
        return Gather(index, 0, windows.Count, positions);
    }

    /// <summary>Gathers windows whose places are on the device already: nothing goes from host to device, and nothing waits for either.</summary>
    /// <param name="index">Places of windows.</param>
    /// <param name="first">The first of them to gather.</param>
    /// <param name="count">How many, at least 1.</param>
    /// <param name="positions">Positions a window, <c>T</c>.</param>
    /// <param name="shift">Rows by which the windows are moved on from their places.</param>
    public WindowBatch Gather(WindowIndex index, long first, long count, long positions, long shift = 0)
    {
        ArgumentNullException.ThrowIfNull(index);
        var (l, h) = ((long)Config.Lookback, (long)Config.Horizon);
        var width = l - 1 + positions + h;
        var places = index.Places.narrow(1, first, count);
        var which = places.select(0, 0);
        var fixedInputs = _static?.index_select(0, which);
        if (WindowGather.Applies(_filled))
        {
            var t = WindowGather.Run(
                places, _offsets, shift - (l - 1), width, [(_filled, false), (_mask, true), (_weight, false), (_past, false), (_known, false), (_calendar, false), (_elapsed, false)]);
            return new WindowBatch(l, positions, h, t[0]!, t[1]!, t[2]!, t[3], t[4], t[5], t[6], fixedInputs);
        }

        var row = places.select(0, 1).unsqueeze(1) + arange(shift - (l - 1), shift + positions + h, device: Device);   // row number within its series
        // A long window of a short series would run past its padding: such rows are clamped, and they are no target.
        var flat = (row + _offsets.index_select(0, which).unsqueeze(1)).clamp(0, _filled.shape[0] - 1).flatten();
        var allowed = row < places.select(0, 2).unsqueeze(1);

        Tensor Rows(Tensor t) => t.index_select(0, flat).reshape([count, width, .. t.shape[1..]]);
        return new WindowBatch(
            l,
            positions,
            h,
            Rows(_filled),
            Rows(_mask) * allowed.to_type(ScalarType.Float32),
            Rows(_weight),
            _past is null ? null : Rows(_past),
            _known is null ? null : Rows(_known),
            _calendar is null ? null : Rows(_calendar),
            _elapsed is null ? null : Rows(_elapsed),
            fixedInputs);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var t in Tensors()) t?.Dispose();
    }

    private IEnumerable<Tensor?> Tensors() => [_filled, _mask, _weight, _past, _known, _calendar, _elapsed, _static, _offsets];

    private static Tensor? Matrix(float[] values, int width, Device device)
        => width == 0 ? null : tensor(values, [values.Length / width, width], device: device);
}

/// <summary>Where a window lies.</summary>
/// <param name="Series">Index of its series in the table.</param>
/// <param name="Start">Row of the first position.</param>
/// <param name="TargetEnd">Rows from here on are no targets: nothing of a later part of the data may be learned from.</param>
public readonly record struct Window(int Series, int Start, int TargetEnd);
