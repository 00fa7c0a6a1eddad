namespace TorchSharp.Modules;

public partial class Adam
{
    /// <summary>What is null is taken from the optimizer.</summary>
    public class Options : OptimizerOptions
    {
        public double? beta1;
        public double? beta2;
        public double? weight_decay;
        public double? eps;
        public bool? amsgrad;
        public bool? maximize;

        internal AdamSettings Settings
        {
            get => new(beta1, beta2, eps, weight_decay, amsgrad, maximize);
            set => (beta1, beta2, eps, weight_decay, amsgrad, maximize) = value;
        }

        public override void SaveStateDict(BinaryWriter writer)
        {
            base.SaveStateDict(writer);
            Settings.Save(writer);
        }

        public override void LoadStateDict(BinaryReader reader)
        {
            base.LoadStateDict(reader);
            Settings = AdamSettings.Load(reader);
        }

        public override void LoadStateDict(OptimizerOptions source)
        {
            base.LoadStateDict(source);
            Settings = ((Options)source).Settings;
        }
    }
}
