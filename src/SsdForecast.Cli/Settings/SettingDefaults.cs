namespace SsdForecast.Cli.Settings;

/// <summary>For verbs that have defaults of their own, which their help must tell.</summary>
internal static class SettingDefaults
{
    /// <summary>The settings, with some in the place of those of the same name.</summary>
    public static IEnumerable<Setting> Replacing(this IEnumerable<Setting> settings, params Setting[] own)
        => settings.Select(s => own.FirstOrDefault(o => o.Name == s.Name) ?? s);
}
