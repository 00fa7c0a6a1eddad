using SsdForecast.Data;

namespace SsdForecast.Runtime;

/// <summary>The covariates' scalers in the order of the model's input.</summary>
internal sealed class CovariateScalers(Preprocessor preprocessor)
{
    public Scaler[] Past { get; } = [.. preprocessor.PastCovariates.Select(preprocessor.CovariateScalerOf)];

    public Scaler[] Known { get; } = [.. preprocessor.KnownCovariates.Select(preprocessor.CovariateScalerOf)];

    public Scaler[] Static { get; } = [.. preprocessor.StaticCovariates.Select(preprocessor.CovariateScalerOf)];

    /// <summary>Raw to scaled; a missing one is 0. The scalers repeat, once a lead time.</summary>
    public static void Scale(ReadOnlySpan<double> raw, Scaler[] scalers, Span<float> scaled)
    {
        var column = 0;
        for (var i = 0; i < raw.Length; i++)
        {
            var value = scalers[column].Scale(raw[i]);
            scaled[i] = double.IsNaN(value) ? 0 : (float)value;
            if (++column == scalers.Length) column = 0;
        }
    }
}
