using SsdForecast.Runtime;

namespace SsdForecast.Cli.Tests.Fitting;

/// <summary>Finite numbers whose products are not.</summary>
public class OverflowTests(TinyModel model) : IClassFixture<TinyModel>
{
    [Fact]
    public void A_training_that_leaves_the_numbers_says_so_and_what_is_kept()
    {
        using var folder = new TemporaryFolder();
        var fitted = TinyFit.Fit(model.Data, folder["model"], "--learning-rate", "1e20", "--quiet");
        Assert.Equal(0, fitted.Code);
        Assert.Contains("warning: the loss was no finite number from epoch 1 on, and ridge regression alone is kept; lower --learning-rate", fitted.Error, StringComparison.Ordinal);
        var told = TinyFit.Fit(model.Data, folder["told"], "--learning-rate", "1e20");
        Assert.Contains("epoch 1/1: loss ", told.Error, StringComparison.Ordinal);
        Assert.DoesNotMatch("[0-9]{8}", told.Error);
        Assert.DoesNotContain("finite", model.Fitted.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Products_of_B_and_C_beyond_float32_are_told_of_at_the_forecast()
    {
        using var folder = new TemporaryFolder();
        var trained = ModelFolder.Load(model.Folder);
        var weights = ModelWeights.Shapes(trained.Config).Select(w =>
        {
            var values = trained.Weights.Float32(w.Name, w.Shape).ToArray();
            var factor = w.Name.EndsWith("in_proj.weight", StringComparison.Ordinal) ? 1e25f : 1;
            return (w.Name, w.Shape, values.Select(v => factor * v).ToArray());
        });
        ModelFolder.Save(folder["model"], trained.Config, trained.Preprocessor, trained.Training, weights);
        var result = Cli.Run("forecast", folder["model"], model.Data, "--out", folder["f.csv"]);
        Assert.Contains("warning: forecasts of 1 of 1 series are not finite, first 'load'", result.Error, StringComparison.Ordinal);
    }
}
