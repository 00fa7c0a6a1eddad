using System.Globalization;
using SsdForecast.Runtime;

namespace SsdForecast.Streaming;

/// <summary>What a snapshot says of the bytes of a series: <c>state LENGTH [int8] + NAME BYTES …</c>, the companions in order.</summary>
internal static class RecordLayout
{
    private const string Int8 = " int8";
    private const string And = " + ";

    public static string Of(RecurrentModel model, IEnumerable<SeriesCompanion> companions)
    {
        var state = string.Create(CultureInfo.InvariantCulture, $"state {model.StateLength}{(model.Options.Weights == WeightFormat.Int8 ? Int8 : "")}");
        return string.Join(And, [state, .. companions.Select(c => string.Create(CultureInfo.InvariantCulture, $"{c.Name} {c.Bytes}"))]);
    }

    /// <summary>The format of the weights that the states were made with.</summary>
    public static WeightFormat WeightsOf(string layout) => layout.Split(And)[0].EndsWith(Int8, StringComparison.Ordinal) ? WeightFormat.Int8 : WeightFormat.Float32;
}
