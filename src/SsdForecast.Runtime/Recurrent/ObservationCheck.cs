using System.Globalization;
using SsdForecast.Data;

namespace SsdForecast.Runtime;

/// <summary>Every reason to refuse an event, looked at before anything changes.</summary>
internal sealed class ObservationCheck
{
    private readonly ModelConfig _config;
    private readonly bool _hasTimestamps;
    private readonly long _lastTicks;
    private readonly CovariateScalers _scalers;

    public ObservationCheck(ModelConfig config, Preprocessor preprocessor, CovariateScalers scalers)
    {
        _config = config;
        _scalers = scalers;
        _hasTimestamps = preprocessor.HasTimestamps;
        // A calendar step is at most 2 % longer than its nominal length, and a day of margin covers the ends of months.
        var step = preprocessor.Frequency is { } f ? f.NominalStep : preprocessor.Step;
        var reach = (step.Ticks * 1.05 * (config.Horizon + 1)) + TimeSpan.TicksPerDay;
        _lastTicks = (long)Math.Max(0, DateTime.MaxValue.Ticks - reach);
    }

    /// <summary>Checks an event against the model and the state.</summary>
    /// <exception cref="ObservationException">The event cannot be taken.</exception>
    public void Check(string seriesId, ref readonly StateHeader header, in Observation o)
    {
        if (Find(seriesId, in header, o) is { } problem) throw problem;
    }

    /// <summary>Why an event cannot be taken, or null if it can.</summary>
    public ObservationException? Find(string seriesId, ref readonly StateHeader header, in Observation o)
    {
        if (double.IsInfinity(o.Value)) return Refuse(ObservationProblem.NotFinite, seriesId, o, "the value is infinite; send NaN for a missing value");
        if (Math.Abs((o.Value - header.Mean) / header.Std) > RecurrentModel.MaxMagnitude)
            return Refuse(ObservationProblem.OutOfRange, seriesId, o, $"the value {Text(o.Value)} is more than {Text(RecurrentModel.MaxMagnitude)} standard deviations from the mean; check its unit");
        if (_hasTimestamps)
        {
            if (header.Count > 0 && o.Time.Ticks <= header.LastTicks)
                return Refuse(ObservationProblem.TimeNotAfter, seriesId, o, $"the time is not after the last event's, {new DateTime(header.LastTicks):yyyy-MM-dd HH:mm:ss.FFFFFFF}; send events in order and once");
            if (o.Time.Ticks > _lastTicks) return Refuse(ObservationProblem.TimeOutOfRange, seriesId, o, "the horizon would pass the year 9999; check the unit of the time");
        }

        return Covariates(seriesId, o, "past", o.PastCovariates.Span, _config.PastCovariates, _scalers.Past)
            ?? Covariates(seriesId, o, "known", o.KnownCovariates.Span, _config.Horizon * _config.KnownCovariates, _scalers.Known)
            ?? (o.StaticCovariates.Length > 0 ? Covariates(seriesId, o, "static", o.StaticCovariates.Span, _config.StaticCovariates, _scalers.Static) : null);
    }

    private static ObservationException? Covariates(string seriesId, in Observation o, string kind, ReadOnlySpan<double> values, int expected, Scaler[] scalers)
    {
        if (values.Length != expected)
            return Refuse(ObservationProblem.CovariateCount, seriesId, o, $"{values.Length} {kind} covariates, where the model takes {expected}; send NaN for a missing one");
        for (var i = 0; i < values.Length; i++)
        {
            if (double.IsInfinity(values[i])) return Refuse(ObservationProblem.NotFinite, seriesId, o, $"{kind} covariate {i} is infinite; send NaN for a missing one");
            if (Math.Abs(scalers[i % scalers.Length].Scale(values[i])) > RecurrentModel.MaxMagnitude)
                return Refuse(ObservationProblem.OutOfRange, seriesId, o, $"{kind} covariate {i} is {Text(values[i])}, more than {Text(RecurrentModel.MaxMagnitude)} standard deviations from its mean; check its unit");
        }

        return null;
    }

    private static string Text(double value) => value.ToString("G6", CultureInfo.InvariantCulture);

    private static ObservationException Refuse(ObservationProblem problem, string seriesId, in Observation o, string detail) => new(problem, seriesId, o.Time, detail);
}
