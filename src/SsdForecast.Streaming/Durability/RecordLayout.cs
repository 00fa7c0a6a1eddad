using System.Globalization;
using SsdForecast.Runtime;

namespace SsdForecast.Streaming;

/// <summary>What a snapshot says of the bytes of a series: <c>state LENGTH WEIGHTS + NAME BYTES …</c>, the companions in order.</summary>
internal static class RecordLayout
{
    private const string Int8 = " int8";
    private const string Float32 = " float32";
    private const string And = " + ";

    public static string Of(RecurrentModel model, IEnumerable<SeriesCompanion> companions)
    {
        var state = string.Create(CultureInfo.InvariantCulture, $"state {model.StateLength}{(model.Options.Weights == WeightFormat.Int8 ? Int8 : Float32)}");
        return string.Join(And, [state, .. companions.Select(c => string.Create(CultureInfo.InvariantCulture, $"{c.Name} {c.Bytes}"))]);
    }

    /// <summary>The format of the weights that the states were made with; null in a layout from before it was noted there.</summary>
    public static WeightFormat? WeightsOf(string layout) => StateOf(layout) switch
    {
        var state when state.EndsWith(Int8, StringComparison.Ordinal) => WeightFormat.Int8,
        var state when state.EndsWith(Float32, StringComparison.Ordinal) => WeightFormat.Float32,
        _ => null,
    };

    /// <summary>A layout as it was before the format of the weights was noted in it.</summary>
    public static string WithoutWeights(string layout)
    {
        var state = StateOf(layout);
        return WeightsOf(layout) is null ? layout : state[..state.LastIndexOf(' ')] + layout[state.Length..];
    }

    private static string StateOf(string layout) => layout.Split(And)[0];
}
