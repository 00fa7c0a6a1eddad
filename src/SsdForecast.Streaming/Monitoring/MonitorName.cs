using System.Globalization;
using System.Text.RegularExpressions;

namespace SsdForecast.Streaming;

/// <summary>
/// The name under which a <see cref="MonitorCompanion"/> stands in the layout of a snapshot. It tells all options that give its bytes their meaning, and not
/// <see cref="MonitorOptions.AnomalyLevel"/>, which judges what comes and leaves nothing behind that is read again.
/// </summary>
public static partial class MonitorName
{
    /// <summary>The name under options.</summary>
    public static string Of(MonitorOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        // Version 2: a pair of trackers.
        return string.Create(
            CultureInfo.InvariantCulture,
            $"monitor 2 (calibration {options.CalibrationRate}, tails {options.TailShape}, drift {options.DriftTolerance} {options.DriftThreshold} {options.DriftWarmUp}, adaptation {options.AdaptationForgetting} {options.AdaptationBound})");
    }

    /// <summary>The options that a layout names, if there is a monitor in it.</summary>
    /// <param name="layout">As of <see cref="SnapshotManifest.Layout"/>.</param>
    /// <returns>The options, with <see cref="MonitorOptions.AnomalyLevel"/> as by default; null without a monitor of this version.</returns>
    public static MonitorOptions? Read(string layout)
    {
        ArgumentNullException.ThrowIfNull(layout);
        if (Form().Match(layout) is not { Success: true } match) return null;
        double Number(int i) => double.Parse(match.Groups[i].Value, CultureInfo.InvariantCulture);
        return new MonitorOptions
        {
            CalibrationRate = Number(1),
            TailShape = Number(2),
            DriftTolerance = Number(3),
            DriftThreshold = Number(4),
            DriftWarmUp = (int)Number(5),
            AdaptationForgetting = Number(6),
            AdaptationBound = Number(7),
        };
    }

    [GeneratedRegex(@"monitor 2 \(calibration ([0-9.E+-]+), tails ([0-9.E+-]+), drift ([0-9.E+-]+) ([0-9.E+-]+) ([0-9]+), adaptation ([0-9.E+-]+) ([0-9.E+-]+)\)", RegexOptions.CultureInvariant)]
    private static partial Regex Form();
}
