namespace SsdForecast.Reports;

/// <summary>The colour of a model: the first is the one that the report is about.</summary>
internal static class ModelTone
{
    private static readonly Tone[] Tones = [Tone.Blue, Tone.Vermilion, Tone.Green, Tone.Purple, Tone.Amber, Tone.Sky];

    public static Tone Of(int index) => index < Tones.Length ? Tones[index] : Tone.Muted;
}
