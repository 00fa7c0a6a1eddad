using SsdForecast.Cli.Hosting;
using SsdForecast.Data;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace SsdForecast.Cli.Settings;

/// <summary>
/// Reads a YAML configuration: sections <c>data</c>, <c>model</c> and <c>training</c>, and <c>out</c>; all keys in <c>configs/reference.yaml</c>.
/// </summary>
internal static class ConfigFile
{
    /// <summary>Whether a path names a configuration and no data.</summary>
    public static bool Is(string path) => path.EndsWith(".yaml", StringComparison.OrdinalIgnoreCase) || path.EndsWith(".yml", StringComparison.OrdinalIgnoreCase);

    /// <summary>Reads the settings of a file.</summary>
    /// <exception cref="CommandException">Not such a file; names the line, the key and one that is near.</exception>
    public static SettingValues Read(string path)
    {
        if (!File.Exists(path)) throw CommandException.Usage(path, "no such file; configs/ has examples, and configs/reference.yaml has every key");
        var values = new SettingValues();
        var root = Load(path);
        if (root is null) return values;
        if (root is not YamlMappingNode top) throw At(path, root, "a configuration has keys such as 'data:' and 'model:'");
        foreach (var (key, value) in top.Children)
        {
            var name = Name(path, key);
            if (SettingTable.Sections.Contains(name)) ReadSection(path, name, value, values);
            else if (Find("", name) is { } setting) Read(path, setting, key, value, values);
            else throw Unknown(path, key, name, "", [.. SettingTable.Sections, .. KeysOf("")]);
        }
        return values;
    }

    private static YamlNode? Load(string path)
    {
        try
        {
            using var reader = new StreamReader(path);
            var yaml = new YamlStream();
            yaml.Load(reader);
            return yaml.Documents.Count == 0 ? null : yaml.Documents[0].RootNode;
        }
        catch (YamlException e)
        {
            throw CommandException.Usage($"{path}:{e.Start.Line}", $"not readable as YAML: {OneLine(e)}");
        }
    }

    private static void ReadSection(string path, string section, YamlNode node, SettingValues values)
    {
        if (node is YamlScalarNode { Value: null or "" }) return;
        if (node is not YamlMappingNode map) throw At(path, node, $"section '{section}' has keys below it, one a line");
        foreach (var (key, value) in map.Children)
        {
            var name = Name(path, key);
            Read(path, Find(section, name) ?? throw Unknown(path, key, name, section, KeysOf(section)), key, value, values);
        }
    }

    private static void Read(string path, Setting setting, YamlNode key, YamlNode node, SettingValues values)
    {
        var place = $"{path}:{key.Start.Line}: {setting.Name}";
        switch (node)
        {
            // A key without a value is a key that is not set.
            case YamlScalarNode { Value: null } or YamlScalarNode { Value: "" or "~" or "null", Style: ScalarStyle.Plain }:
                return;
            case YamlScalarNode scalar:
                values.Set(setting, [Relative(path, setting, scalar.Value!)], place);
                return;
            case YamlSequenceNode list when setting.Kind == SettingKind.List && list.Children.All(c => c is YamlScalarNode):
                var texts = list.Children.Select(c => ((YamlScalarNode)c).Value ?? "").ToArray();
                // An empty list of quantiles asks for a point model; of columns it says nothing.
                if (texts.Length > 0) values.Set(setting, texts, place);
                else if (setting == SettingTable.Quantiles) values.Set(setting, ["none"], place);
                return;
            default:
                throw CommandException.Usage(place, setting.Kind == SettingKind.List ? "write a list, such as [a, b]" : "write one value");
        }
    }

    private static string Relative(string path, Setting setting, string text)
        => setting == SettingTable.Path && !Path.IsPathRooted(text) ? Shortest(Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, text)) : text;

    private static string Shortest(string full)
    {
        var relative = Path.GetRelativePath(Environment.CurrentDirectory, full);
        return relative.StartsWith("../..", StringComparison.Ordinal) ? Path.GetFullPath(full) : relative;
    }

    private static Setting? Find(string section, string key) => SettingTable.All.FirstOrDefault(s => s.Section == section && s.Key == key);

    private static string[] KeysOf(string section) => [.. SettingTable.All.Where(s => s.Section == section).Select(s => s.Key)];

    private static string Name(string path, YamlNode key) => key is YamlScalarNode { Value: { } name } ? name : throw At(path, key, "a key is one word");

    private static CommandException Unknown(string path, YamlNode key, string name, string section, IReadOnlyList<string> known)
    {
        var elsewhere = SettingTable.All.FirstOrDefault(s => s.Key == name);
        var where = section.Length == 0 ? "at the top" : $"in section '{section}'";
        return At(path, key, elsewhere is not null
            ? $"key '{name}' does not belong {where}; move it to {(elsewhere.Section.Length == 0 ? "the top" : $"section '{elsewhere.Section}'")}"
            : $"unknown key '{name}' {where}; {(NearestName.Of(name, known) is { } near ? $"did you mean '{near}'?" : "configs/reference.yaml has every key")}");
    }

    private static CommandException At(string path, YamlNode node, string problem) => CommandException.Usage($"{path}:{node.Start.Line}", problem);

    private static string OneLine(Exception e) => (e.InnerException ?? e).Message.ReplaceLineEndings(" ");
}
