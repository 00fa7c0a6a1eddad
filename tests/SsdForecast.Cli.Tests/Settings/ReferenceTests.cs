using SsdForecast.Cli.Fitting;
using SsdForecast.Cli.Settings;
using SsdForecast.Data;
using SsdForecast.Torch.Forecasters;
using SsdForecast.Torch.Training;
using YamlDotNet.RepresentationModel;

namespace SsdForecast.Cli.Tests.Settings;

/// <summary>The configurations that are shipped.</summary>
public class ReferenceTests
{
    private static readonly string Configs = Path.Combine(AppContext.BaseDirectory, "configs");

    public static TheoryData<string> Files => [.. Directory.EnumerateFiles(Configs, "*.yaml").Select(p => Path.GetFileName(p)!)];

    [Fact]
    public void The_reference_lists_every_key_with_a_comment()
    {
        var yaml = new YamlStream();
        using (var reader = new StreamReader(Path.Combine(Configs, "reference.yaml"))) yaml.Load(reader);
        var root = (YamlMappingNode)yaml.Documents[0].RootNode;
        var keys = root.Children.SelectMany(s => s.Value is YamlMappingNode map
            ? map.Children.Select(k => $"{s.Key}.{k.Key}")
            : [s.Key.ToString()]);
        Assert.Equal(SettingTable.All.Select(s => s.Name), keys);

        foreach (var line in File.ReadLines(Path.Combine(Configs, "reference.yaml")).Where(l => l.StartsWith("  ", StringComparison.Ordinal)))
            Assert.Contains(" # ", line, StringComparison.Ordinal);
    }

    [Fact]
    public void The_values_of_the_reference_are_the_defaults()
    {
        var values = ConfigFile.Read(Path.Combine(Configs, "reference.yaml"));
        var defaults = new ForecasterOptions { Horizon = 12 };
        var options = FitPlan.Model(values);
        Assert.Equal(defaults.Quantiles, options.Quantiles);
        Assert.Equal(
            defaults with { Quantiles = options.Quantiles, PastCovariates = options.PastCovariates, KnownCovariates = options.KnownCovariates, StaticCovariates = options.StaticCovariates, ReadOptions = options.ReadOptions },
            options);
        var training = FitPlan.Training(values, null);
        Assert.Equal(new TrainingOptions { Split = training.Split }, training);
        Assert.Equal(SplitRule.Default.Text, training.Split.Text);

        var schema = SchemaSettings.Schema(values);
        var plain = new CsvSchema();
        Assert.Equal(plain.MissingText, schema.MissingText);
        Assert.Equal(
            plain with { TimeColumn = "ds", TargetColumns = schema.TargetColumns, PastCovariates = schema.PastCovariates, KnownCovariates = schema.KnownCovariates, StaticCovariates = schema.StaticCovariates, MissingText = schema.MissingText },
            schema);
    }

    [Fact]
    public void Help_tells_the_defaults_that_hold()
    {
        var (model, training) = (new ForecasterOptions { Horizon = 1 }, new TrainingOptions());
        Assert.Equal(string.Join(',', model.Quantiles.Select(q => q.ToString(System.Globalization.CultureInfo.InvariantCulture))), SettingTable.Quantiles.Default);
        Assert.Equal($"{model.Layers}", SettingTable.Layers.Default);
        Assert.Equal($"{model.Block.DModel}", SettingTable.DModel.Default);
        Assert.Equal($"{training.Epochs}", SettingTable.Epochs.Default);
        Assert.Equal($"{training.Patience}", SettingTable.Patience.Default);
        Assert.Equal($"{training.WindowLength}", SettingTable.WindowLength.Default);
        Assert.Equal(training.Split.Text, SettingTable.Split.Default);
        foreach (var (value, setting) in new[]
        {
            (training.LearningRate, SettingTable.LearningRate), (training.SkipLearningRate, SettingTable.SkipLearningRate), (training.WeightDecay, SettingTable.WeightDecay),
            (training.WarmUp, SettingTable.WarmUp), (training.ClipNorm, SettingTable.ClipNorm), (model.Dropout, SettingTable.Dropout),
        })
            Assert.Equal(value.ToString(System.Globalization.CultureInfo.InvariantCulture), setting.Default.Split(':')[0]);
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void A_shipped_configuration_is_valid(string file)
    {
        var values = ConfigFile.Read(Path.Combine(Configs, file));
        Assert.True(FitPlan.Model(values).Horizon > 0);
        FitPlan.Training(values, null).Validate();
        Assert.NotNull(SchemaSettings.Schema(values));
        Assert.True(values.Has(SettingTable.Path));
        Assert.True(values.Has(SettingTable.Out));
        // What is shipped must be there; the others are fetched.
        var path = values.Text(SettingTable.Path)!;
        if (path.Contains("datasets", StringComparison.Ordinal)) Assert.True(File.Exists(path), path);
    }
}
